import { randomBytes, randomInt } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { hasErrorCode } from '../errors.ts';

const SecretsFile = z.record(z.string(), z.string());

/**
 * Generated passwords and keys, in a file with mode 0600. They are kept, because the data that they protect survives
 * restarts too.
 */
export class LocalSecrets {
  readonly #file: string;
  readonly #values: Record<string, string>;

  constructor(file: string) {
    this.#file = file;
    this.#values = this.#read();
  }

  /** The value with this name. `generate` creates it the first time. */
  get(name: string, generate: () => string = randomHex): string {
    const known = this.#values[name];
    if (known !== undefined) return known;
    const value = generate();
    this.#values[name] = value;
    const draft = `${this.#file}.new`;
    writeFileSync(draft, JSON.stringify(this.#values, null, 2), { mode: 0o600 });
    renameSync(draft, this.#file);
    return value;
  }

  #read(): Record<string, string> {
    try {
      return { ...SecretsFile.parse(JSON.parse(readFileSync(this.#file, 'utf8'))) };
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) return {};
      throw error;
    }
  }
}

const randomHex = (): string => randomBytes(24).toString('hex');

/** The part of Secrets Manager's GenerateSecretString that templates use. */
export const SecretSpec = z.object({
  PasswordLength: z.int().positive().default(32),
  ExcludeCharacters: z.string().default(''),
  ExcludeLowercase: z.boolean().default(false),
  ExcludeUppercase: z.boolean().default(false),
  ExcludeNumbers: z.boolean().default(false),
  ExcludePunctuation: z.boolean().default(false),
  IncludeSpace: z.boolean().default(false),
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
});
export type SecretSpec = z.infer<typeof SecretSpec>;

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** Generates a random password as Secrets Manager does, or the JSON template with the password under its key. */
export const generateSecretString = (spec: SecretSpec): string => {
  const alphabet = [
    spec.ExcludeLowercase ? '' : LOWER,
    spec.ExcludeUppercase ? '' : LOWER.toUpperCase(),
    spec.ExcludeNumbers ? '' : '0123456789',
    spec.ExcludePunctuation ? '' : PUNCTUATION,
    spec.IncludeSpace ? ' ' : '',
  ]
    .join('')
    .split('')
    .filter((character) => !spec.ExcludeCharacters.includes(character));
  if (alphabet.length === 0) throw new Error('GenerateSecretString excludes every character');
  const password = Array.from(
    { length: spec.PasswordLength },
    () => alphabet[randomInt(alphabet.length)] ?? '',
  ).join('');
  if (spec.GenerateStringKey === undefined) return password;
  const template = z.record(z.string(), z.unknown()).parse(JSON.parse(spec.SecretStringTemplate ?? '{}'));
  return JSON.stringify({ ...template, [spec.GenerateStringKey]: password });
};
