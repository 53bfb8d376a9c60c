import * as z from 'zod';
import { TOKEN_ALGORITHM } from './access-tokens.ts';

/** How long keys read from the table are trusted before they are read again, in seconds. */
export const KEY_CACHE_SECONDS = 300;

/** An Ed25519 public key as the JWKS shows it; there is no room in it for a private part. */
export const PublicJwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string(),
  alg: z.literal(TOKEN_ALGORITHM),
  use: z.literal('sig'),
});
export type PublicJwk = z.infer<typeof PublicJwk>;

/** Public parts only: what a verifier needs, and may read. */
export interface PublicKeyRepository {
  listPublic(): Promise<PublicJwk[]>;
}
