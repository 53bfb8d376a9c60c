import type { Jwks } from '../../contracts/http/account.ts';
import type { KeyRing } from './key-ring.ts';

/** What publishing the keys works with. */
export interface JwksServices {
  keyRing: KeyRing;
  now: () => Date;
}

/** The public keys of every token that may be valid now or soon. */
export const getJwks = async ({ keyRing, now }: JwksServices): Promise<Jwks> => ({
  keys: await keyRing.publicKeys(now()),
});
