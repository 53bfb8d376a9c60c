import { KEY_CACHE_SECONDS, type PublicJwk, type PublicKeyRepository } from './public-keys.ts';

/** Seconds between two reads of the table because of unknown key ids. */
const UNKNOWN_KEY_RELOAD_SECONDS = 30;

/**
 * The public keys by id, for a verifier. Invented key ids in requests cannot cause unlimited reads of the table. Only
 * an empty table is read each time, because its first key signs as soon as it exists.
 */
export class PublicKeyCache {
  readonly #repository: PublicKeyRepository;
  #keys: ReadonlyMap<string, PublicJwk> = new Map();
  #readAt: Date | undefined;

  constructor(repository: PublicKeyRepository) {
    this.#repository = repository;
  }

  /** Finds a key; undefined if no key has this id. Rejects if the table cannot be read. */
  async find(kid: string, now: Date): Promise<PublicJwk | undefined> {
    if (this.#ageSeconds(now) >= KEY_CACHE_SECONDS) await this.#read(now);
    const known = this.#keys.get(kid);
    if (known !== undefined) return known;
    if (this.#keys.size > 0 && this.#ageSeconds(now) < UNKNOWN_KEY_RELOAD_SECONDS) return undefined;
    await this.#read(now);
    return this.#keys.get(kid);
  }

  #ageSeconds(now: Date): number {
    return this.#readAt === undefined
      ? Number.POSITIVE_INFINITY
      : (now.getTime() - this.#readAt.getTime()) / 1000;
  }

  async #read(now: Date): Promise<void> {
    const keys = await this.#repository.listPublic();
    this.#keys = new Map(keys.map((key) => [key.kid, key]));
    this.#readAt = now;
  }
}
