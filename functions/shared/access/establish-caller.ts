import * as z from 'zod';
import { ACCESS_CHECKS } from '../../contracts/access.ts';
import { ENV_ACCESS_CHECK } from '../../contracts/env.ts';
import { once } from '../config/cold-start.ts';
import { lazyEnv } from '../config/env.ts';
import { callerOf, type EstablishCaller } from '../http/request.ts';

/** Required, without a default: a deployment that does not say who checks tokens lets no caller in. */
const AccessCheckEnv = z.object({ [ENV_ACCESS_CHECK]: z.enum(ACCESS_CHECKS) });

/**
 * How an HTTP function finds out who calls, as ACCESS_CHECK says: from the authorizer's word alone, or by checking the
 * token itself and ignoring what the request says of an authorizer. Read on the first call that needs a caller.
 *
 * @throws ConfigError (as rejection of the returned function) where the variable is missing or malformed.
 */
export const callerFromEnvironment = (): EstablishCaller => {
  const accessCheck = lazyEnv(AccessCheckEnv);
  const establish = once(async (): Promise<EstablishCaller> => {
    switch (accessCheck().ACCESS_CHECK) {
      case 'gateway':
        return async (event) => callerOf(event);
      case 'function':
        // Loaded only where it is used: on AWS no HTTP function but auth's has use for the libraries behind it.
        return (await import('./check-token.ts')).createTokenCaller();
    }
  });
  return async (event) => (await establish())(event);
};
