import { ACCESS_TOKEN_SECONDS } from '../../shared/access/core/access-tokens.ts';
import { KEY_CACHE_SECONDS, type PublicJwk } from '../../shared/access/core/public-keys.ts';

/** A signing key is replaced after this many days. */
const KEY_LIFETIME_DAYS = 30;
/** A new key is published this long before it signs: longer than a verifier's cache and the JWKS caches together. */
export const KEY_PUBLICATION_SECONDS = 15 * 60;
/** A replaced key stays published this long after its successor took over: token lifetime, caches, and a margin. */
const KEY_RETIREMENT_SECONDS = ACCESS_TOKEN_SECONDS + KEY_CACHE_SECONDS + 40 * 60;

/** A key pair. The private part is encrypted with a key that is not in the database. */
export interface SigningKey {
  kid: string;
  publicJwk: PublicJwk;
  sealedPrivateJwk: Uint8Array;
  createdAt: Date;
  /** The key is published earlier and signs from this time on. */
  activeFrom: Date;
}

/** A change of the keys. */
export interface KeyChange {
  add: SigningKey[];
  /** Ids of the keys to remove. */
  remove: string[];
}

/** Stores the keys. */
export interface SigningKeyRepository {
  list(): Promise<SigningKey[]>;
  /** Calls `decide` with the current keys, in one process at a time, and returns the keys after the change. */
  change(decide: (keys: readonly SigningKey[]) => Promise<KeyChange>): Promise<SigningKey[]>;
}

/** Makes key pairs and knows which of them it can use. */
export interface SigningKeyMaker {
  make(createdAt: Date, activeFrom: Date): Promise<SigningKey>;
  /** False if the private part was encrypted with another secret. */
  canOpen(key: SigningKey): boolean;
}

const after = (moment: Date, seconds: number): Date => new Date(moment.getTime() + seconds * 1000);

/**
 * The key that signs now: the one that took over last. If none has taken over yet, because the clock of the first key's
 * creator is ahead, it is the first key: making another one would give two keys for the same time.
 */
export const currentKey = (keys: readonly SigningKey[], now: Date): SigningKey | undefined => {
  const inOrder = [...keys].sort((a, b) => a.activeFrom.getTime() - b.activeFrom.getTime());
  return inOrder.findLast((key) => key.activeFrom <= now) ?? inOrder[0];
};

/** Whether the newest key is old enough to be replaced, or there is no key. */
export const isRotationDue = (keys: readonly SigningKey[], now: Date): boolean =>
  keys.every((key) => after(key.createdAt, KEY_LIFETIME_DAYS * 24 * 3600) <= now);

/** When a new key may sign: at once if no other key can, otherwise when every verifier has fetched it. */
export const activationOfNewKey = (keys: readonly SigningKey[], now: Date): Date =>
  currentKey(keys, now) === undefined ? now : after(now, KEY_PUBLICATION_SECONDS);

/** The keys whose last tokens have expired, because a successor took over long enough ago. */
export const retiredKeys = (keys: readonly SigningKey[], now: Date): SigningKey[] =>
  keys.filter((key) =>
    keys.some(
      (successor) =>
        successor.activeFrom > key.activeFrom && after(successor.activeFrom, KEY_RETIREMENT_SECONDS) <= now,
    ),
  );
