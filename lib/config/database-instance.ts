import * as z from 'zod';

/** The instances that a stage may choose; all are of the class db.t4g. */
export const DatabaseInstance = z.enum(['small', 'medium', 'large']);
export type DatabaseInstance = z.infer<typeof DatabaseInstance>;

/**
 * `max_connections` of each. RDS's own formula, LEAST({DBInstanceClassMemory/9531392},5000), allows half as many again and
 * leaves out that IAM logins take 300 to 1000 MiB beside PostgreSQL's memory (RDS user guide, "IAM database
 * authentication"); and what it comes to is not known at synthesis, so nothing could be checked against it.
 */
export const DATABASE_INSTANCES = {
  /** 2 GiB. */
  small: { maxConnections: 150 },
  /** 4 GiB. */
  medium: { maxConnections: 300 },
  /** 8 GiB. */
  large: { maxConnections: 600 },
} as const satisfies Record<DatabaseInstance, { maxConnections: number }>;

/**
 * So many of them are kept for administrators: `superuser_reserved_connections` (3, PostgreSQL's default, for RDS's
 * own processes) and `rds.rds_superuser_reserved_connections` (2, RDS's default).
 */
export const RESERVED_CONNECTIONS = 5;
