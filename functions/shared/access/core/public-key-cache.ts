import { KEY_CACHE_SECONDS, type PublicJwk, type PublicKeyRepository } from './public-keys.ts';

/** An unknown key id leads to at most one reading of the table in so many seconds. */
export const UNKNOWN_KEY_RELOAD_SECONDS = 30;

/**
 * The public keys by id, for a verifier. A caller who sends invented key ids cannot make it read the table
 * at will; where the table was empty it may, since the first key signs as soon as it exists.
 */
export class PublicKeyCache {
  readonly #repository: PublicKeyRepository;
  #keys: ReadonlyMap<string, PublicJwk> = new Map();
  #readAt: Date | undefined;

  constructor(repository: PublicKeyRepository) {
    this.#repository = repository;
  }

  /** Undefined where no key of ours has this id. Rejects where the table cannot be read. */
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
