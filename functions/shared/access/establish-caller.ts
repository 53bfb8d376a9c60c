import * as z from 'zod';
import { ACCESS_CHECKS } from '../../contracts/access.ts';
import { ENV_ACCESS_CHECK } from '../../contracts/env.ts';
import { once } from '../config/cold-start.ts';
import { lazyEnv } from '../config/env.ts';
import { callerOf, type EstablishCaller } from '../http/request.ts';

/** Required, without a default: a deployment that does not configure the token check refuses all callers. */
const AccessCheckEnv = z.object({ [ENV_ACCESS_CHECK]: z.enum(ACCESS_CHECKS) });

/**
 * Identifies the caller of an HTTP function, depending on ACCESS_CHECK: it trusts the authorizer's result, or it checks
 * the token itself and ignores any authorizer data in the request. The variable is read on the first call that needs a
 * caller.
 *
 * @throws ConfigError if the variable is missing or malformed (the returned function rejects with it)
 */
export const callerFromEnvironment = (): EstablishCaller => {
  const accessCheck = lazyEnv(AccessCheckEnv);
  const establish = once(async (): Promise<EstablishCaller> => {
    switch (accessCheck().ACCESS_CHECK) {
      case 'gateway':
        return async (event) => callerOf(event);
      case 'function':
        // Loaded only if needed: on AWS, only auth's HTTP function needs its libraries.
        return (await import('./check-token.ts')).createTokenCaller();
    }
  });
  return async (event) => (await establish())(event);
};
