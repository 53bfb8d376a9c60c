import * as z from 'zod';
import { ENV_ACCESS_DATABASE_USER } from '../../contracts/env.ts';
import { lazyEnv } from '../config/env.ts';
import { DatabaseEnv } from '../config/schemas.ts';
import { createPool } from '../database/pool.ts';
import { type EstablishCaller, header } from '../http/request.ts';
import { authorize } from './core/authorize.ts';
import { createTokenCheck } from './token-check.ts';

/** Auth's schema, as auth's own role; place and password are those of the function's own database. */
const AccessDatabaseEnv = z.intersection(
  DatabaseEnv,
  z.object({ [ENV_ACCESS_DATABASE_USER]: z.string().min(1) }),
);
const env = lazyEnv(AccessDatabaseEnv);

/**
 * Checks the token in the request's Authorization header, for functions that no authorizer stands before (stage local).
 *
 * @throws ConfigError where the way into auth's schema is not described.
 */
export const createTokenCaller = (): EstablishCaller => {
  const { ACCESS_DATABASE_USER: user, ...database } = env();
  const services = createTokenCheck(createPool({ ...database, DATABASE_USER: user }));
  return (event) => authorize(header(event, 'authorization'), services);
};
