import type { Jwks } from '../../contracts/http/account.ts';
import type { KeyRing } from './key-ring.ts';

/** The dependencies of `getJwks`. */
export interface JwksServices {
  keyRing: KeyRing;
  now: () => Date;
}

/** The public keys of all tokens that may be valid now or soon. */
export const getJwks = async ({ keyRing, now }: JwksServices): Promise<Jwks> => ({
  keys: await keyRing.publicKeys(now()),
});
