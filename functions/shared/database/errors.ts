import { DatabaseError } from 'pg';

/** SQLSTATE classes of temporary errors: connection, resources, operator intervention. */
const PASSING_CLASSES = ['08', '53', '57'];
const NETWORK_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN']);

/** Whether the database or the connection to it is unavailable, and not the statement is wrong. */
export const isDatabaseUnavailable = (error: unknown): boolean => {
  if (error instanceof DatabaseError) return PASSING_CLASSES.includes(error.code?.slice(0, 2) ?? '');
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string' && NETWORK_CODES.has(error.code)) return true;
  // node-postgres has no codes for these errors, only these texts (pg-pool and client.js).
  return /timeout exceeded when trying to connect|Connection terminated|Query read timeout/.test(
    error.message,
  );
};

/** Whether the statement violated the unique constraint of this name (SQLSTATE 23505). */
export const isUniqueViolation = (error: unknown, constraint: string): boolean =>
  error instanceof DatabaseError && error.code === '23505' && error.constraint === constraint;
