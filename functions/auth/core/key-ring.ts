import { KEY_CACHE_SECONDS, type PublicJwk } from '../../shared/access/core/public-keys.ts';
import {
  activationOfNewKey,
  currentKey,
  type SigningKey,
  type SigningKeyMaker,
  type SigningKeyRepository,
} from './signing-keys.ts';

/** The dependencies of the key ring. */
export interface KeyRingServices {
  signingKeys: SigningKeyRepository;
  keyMaker: SigningKeyMaker;
}

/** The current signing keys. Reads the table at most every five minutes and makes the first key when it is needed. */
export class KeyRing {
  readonly #services: KeyRingServices;
  #read: { keys: SigningKey[]; at: Date } | undefined;

  constructor(services: KeyRingServices) {
    this.#services = services;
  }

  /** The key to sign with now. */
  async signingKey(now: Date): Promise<SigningKey> {
    const known = this.#usable(await this.#keys(now), now);
    if (known !== undefined) return known;
    const made = this.#usable(await this.#makeFirst(now), now);
    if (made === undefined) throw new Error('The new signing key cannot be used');
    return made;
  }

  /** The public keys of all tokens that may be valid now or soon. */
  async publicKeys(now: Date): Promise<PublicJwk[]> {
    await this.signingKey(now);
    return (await this.#keys(now)).map((key) => key.publicJwk);
  }

  #usable(keys: readonly SigningKey[], now: Date): SigningKey | undefined {
    return currentKey(
      keys.filter((key) => this.#services.keyMaker.canOpen(key)),
      now,
    );
  }

  async #keys(now: Date): Promise<SigningKey[]> {
    const ageSeconds = this.#read === undefined ? Infinity : (now.getTime() - this.#read.at.getTime()) / 1000;
    if (this.#read === undefined || ageSeconds >= KEY_CACHE_SECONDS) {
      this.#read = { keys: await this.#services.signingKeys.list(), at: now };
    }
    return this.#read.keys;
  }

  /**
   * Many processes may notice at the same time that there is no key. The repository admits one at a time, so the first
   * makes it. Keys that were sealed with a lost secret stay published until they retire, but cannot sign.
   */
  async #makeFirst(now: Date): Promise<SigningKey[]> {
    const { signingKeys, keyMaker } = this.#services;
    const keys = await signingKeys.change(async (present) => {
      const openable = present.filter((key) => keyMaker.canOpen(key));
      if (currentKey(openable, now) !== undefined) return { add: [], remove: [] };
      return { add: [await keyMaker.make(now, activationOfNewKey(openable, now))], remove: [] };
    });
    this.#read = { keys, at: now };
    return keys;
  }
}
