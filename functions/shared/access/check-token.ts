import * as z from 'zod';
import { ENV_ACCESS_DATABASE_USER } from '../../contracts/env.ts';
import { lazyEnv } from '../config/env.ts';
import { DatabaseEnv } from '../config/schemas.ts';
import { createPool } from '../database/pool.ts';
import { type EstablishCaller, headersOf } from '../http/request.ts';
import { authorize } from './core/authorize.ts';
import { createTokenCheck } from './token-check.ts';

/** The login for auth's schema: auth's role, with the address and password of the function's own database. */
const AccessDatabaseEnv = z.intersection(
  DatabaseEnv,
  z.object({ [ENV_ACCESS_DATABASE_USER]: z.string().min(1) }),
);
const env = lazyEnv(AccessDatabaseEnv);

/**
 * Checks the token in the request's Authorization header, for functions without an authorizer (stage local).
 *
 * @throws ConfigError if the variables for auth's schema are missing
 */
export const createTokenCaller = (): EstablishCaller => {
  const { ACCESS_DATABASE_USER: user, ...database } = env();
  const services = createTokenCheck(createPool({ ...database, DATABASE_USER: user }));
  return (event) => authorize(headersOf(event).authorization, services);
};
