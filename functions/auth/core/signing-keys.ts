import { ACCESS_TOKEN_SECONDS } from '../../shared/access/core/access-tokens.ts';
import { KEY_CACHE_SECONDS, type PublicJwk } from '../../shared/access/core/public-keys.ts';

/** A signing key is replaced after this many days. */
export const KEY_LIFETIME_DAYS = 30;
/** A new key is published this long before it signs: longer than a verifier's cache and the caches of the JWKS together. */
export const KEY_PUBLICATION_SECONDS = 15 * 60;
/** A replaced key stays published this long after its successor took over: its last tokens, caches, and a margin. */
export const KEY_RETIREMENT_SECONDS = ACCESS_TOKEN_SECONDS + KEY_CACHE_SECONDS + 40 * 60;

/** A key pair; the private part is sealed with a key that the database does not know. */
export interface SigningKey {
  kid: string;
  publicJwk: PublicJwk;
  sealedPrivateJwk: Uint8Array;
  createdAt: Date;
  /** Published before, signs from then on. */
  activeFrom: Date;
}

/** What is to be done with the keys. */
export interface KeyChange {
  add: SigningKey[];
  /** Ids of the keys to forget. */
  remove: string[];
}

/** Where the keys are kept. */
export interface SigningKeyRepository {
  list(): Promise<SigningKey[]>;
  /** Lets one process at a time decide on a change, with the keys as they are then; returns them as they are after. */
  change(decide: (keys: readonly SigningKey[]) => Promise<KeyChange>): Promise<SigningKey[]>;
}

/** Makes key pairs and knows which of them it can use. */
export interface SigningKeyMaker {
  make(createdAt: Date, activeFrom: Date): Promise<SigningKey>;
  /** False where the private part was sealed with another secret. */
  canOpen(key: SigningKey): boolean;
}

const after = (moment: Date, seconds: number): Date => new Date(moment.getTime() + seconds * 1000);

/**
 * The key that signs now: the one that took over last. Where none has yet, since the clock that made the first one
 * is ahead of ours, it is that first one: another would be a second key for one moment.
 */
export const currentKey = (keys: readonly SigningKey[], now: Date): SigningKey | undefined => {
  const inOrder = [...keys].sort((a, b) => a.activeFrom.getTime() - b.activeFrom.getTime());
  return inOrder.findLast((key) => key.activeFrom <= now) ?? inOrder[0];
};

/** Whether the newest key is old enough to be replaced; also where there is none. */
export const isRotationDue = (keys: readonly SigningKey[], now: Date): boolean =>
  keys.every((key) => after(key.createdAt, KEY_LIFETIME_DAYS * 24 * 3600) <= now);

/** When a key made now may sign: at once where no other can, else when every verifier has seen it. */
export const activationOfNewKey = (keys: readonly SigningKey[], now: Date): Date =>
  currentKey(keys, now) === undefined ? now : after(now, KEY_PUBLICATION_SECONDS);

/** The keys whose last token has expired long ago: a successor took over that long before. */
export const retiredKeys = (keys: readonly SigningKey[], now: Date): SigningKey[] =>
  keys.filter((key) =>
    keys.some(
      (successor) =>
        successor.activeFrom > key.activeFrom && after(successor.activeFrom, KEY_RETIREMENT_SECONDS) <= now,
    ),
  );
