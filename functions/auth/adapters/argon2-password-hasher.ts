import crypto, { randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { PasswordHasher } from '../core/passwords.ts';
import { Semaphore } from './semaphore.ts';

/** Argon2id parameters: memory in KiB, passes, lanes. */
export interface Argon2Parameters {
  memory: number;
  passes: number;
  parallelism: number;
}

/** The minimum that OWASP recommends: 19 MiB, two passes, one lane. A hash takes about 40 ms. */
export const CURRENT_PARAMETERS: Argon2Parameters = { memory: 19_456, passes: 2, parallelism: 1 };

/** Concurrent hashes in one process. Each uses 19 MiB and one processor. */
const MAX_CONCURRENT_HASHES = 2;

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{16,128})$/;

/** A source of Argon2: Node's crypto since version 24.7, with OpenSSL 3.2 or newer. */
export interface Argon2Source {
  readonly argon2?: typeof crypto.argon2;
}

interface StoredHash {
  parameters: Argon2Parameters;
  salt: Buffer;
  hash: Buffer;
}

/** Hashes with Argon2id from Node's crypto, stored as PHC strings, with limited concurrency. */
export class Argon2PasswordHasher implements PasswordHasher {
  readonly #parameters: Argon2Parameters;
  readonly #source: Argon2Source;
  readonly #semaphore = new Semaphore(MAX_CONCURRENT_HASHES);
  readonly decoyHash: string;

  /** @param source may lack Argon2; then the first use of the hasher fails with an error that says so */
  constructor(parameters: Argon2Parameters = CURRENT_PARAMETERS, source: Argon2Source = crypto) {
    this.#parameters = parameters;
    this.#source = source;
    this.decoyHash = format({ parameters, salt: randomBytes(SALT_BYTES), hash: randomBytes(HASH_BYTES) });
  }

  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const hash = await this.#derive(password, salt, HASH_BYTES, this.#parameters);
    return format({ parameters: this.#parameters, salt, hash });
  }

  /** @throws Error if the stored string does not have the format of `hash` */
  async verify(password: string, passwordHash: string): Promise<boolean> {
    const { parameters, salt, hash } = parse(passwordHash);
    return timingSafeEqual(await this.#derive(password, salt, hash.length, parameters), hash);
  }

  needsRehash(passwordHash: string): boolean {
    const { parameters, hash } = parse(passwordHash);
    const { memory, passes, parallelism } = this.#parameters;
    return (
      hash.length !== HASH_BYTES ||
      parameters.memory !== memory ||
      parameters.passes !== passes ||
      parameters.parallelism !== parallelism
    );
  }

  #derive(password: string, nonce: Buffer, tagLength: number, parameters: Argon2Parameters): Promise<Buffer> {
    const { argon2 } = this.#source;
    if (argon2 === undefined) return Promise.reject(new Error('node:crypto has no argon2'));
    return this.#semaphore.run(() =>
      promisify(argon2)('argon2id', { message: password, nonce, tagLength, ...parameters }),
    );
  }
}

const format = ({ parameters: { memory, passes, parallelism }, salt, hash }: StoredHash): string =>
  `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${encode(salt)}$${encode(hash)}`;

const encode = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');

const parse = (passwordHash: string): StoredHash => {
  const [, memory, passes, parallelism, salt, hash] = PHC.exec(passwordHash) ?? [];
  if (salt === undefined || hash === undefined) throw new Error('A stored password hash is malformed');
  return {
    parameters: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
};
