import * as z from 'zod';

/** The instances that a stage may choose, all of class db.t4g. */
export const DatabaseInstance = z.enum(['small', 'medium', 'large']);
export type DatabaseInstance = z.infer<typeof DatabaseInstance>;

/**
 * `max_connections` of each instance. RDS's own formula, LEAST({DBInstanceClassMemory/9531392},5000), gives 50 % more,
 * but it ignores that IAM logins need 300 to 1000 MiB in addition to PostgreSQL's memory (RDS user guide, "IAM database
 * authentication"). Its result is also unknown at synthesis, so no check could use it.
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
 * Connections that are reserved for administrators: `superuser_reserved_connections` (3, PostgreSQL's default, for
 * RDS's own processes) and `rds.rds_superuser_reserved_connections` (2, RDS's default).
 */
export const RESERVED_CONNECTIONS = 5;
