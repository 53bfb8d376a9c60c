import * as z from 'zod';
import { TOKEN_ALGORITHM } from './access-tokens.ts';

/** Seconds for which keys from the table are cached. */
export const KEY_CACHE_SECONDS = 300;

/** An Ed25519 public key as in the JWKS. The schema drops a private part. */
export const PublicJwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string(),
  alg: z.literal(TOKEN_ALGORITHM),
  use: z.literal('sig'),
});
export type PublicJwk = z.infer<typeof PublicJwk>;

/** Reads only the public parts, which are all that a verifier needs and may read. */
export interface PublicKeyRepository {
  listPublic(): Promise<PublicJwk[]>;
}
