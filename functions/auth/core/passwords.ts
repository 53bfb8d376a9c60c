import { ValidationFailedError } from '../../shared/errors/app-error.ts';
import { isCommonPassword } from './common-passwords.ts';

/** Slow hashes of passwords. */
export interface PasswordHasher {
  /** A PHC string with the current parameters and a new salt. */
  hash(password: string): Promise<string>;
  verify(password: string, passwordHash: string): Promise<boolean>;
  /** Whether the hash has other parameters than the current ones. */
  needsRehash(passwordHash: string): boolean;
  /** A hash with the current parameters that matches no password. Logins of unknown users are verified against it. */
  readonly decoyHash: string;
}

/** The field path in errors about a password. */
const PASSWORD_PATH = 'body.password';

/**
 * Normalizes a password with NFKC, as NIST SP 800-63B recommends, so that different keyboards produce the same
 * password. Nothing is truncated. Half a surrogate pair becomes U+FFFD, as in UTF-8; new passwords must not contain
 * one.
 */
export const normalizePassword = (password: string): string => password.toWellFormed().normalize('NFKC');

/**
 * Refuses passwords that attackers guess first. The contract checks the length.
 *
 * @throws ValidationFailedError with the reason
 */
export const assertAcceptablePassword = (password: string, email: string): void => {
  if (!password.isWellFormed()) refuse('The password contains half a character (an unpaired surrogate).');
  const folded = normalizePassword(password).toLowerCase();
  const [localPart] = email.split('@');
  if (folded === email || folded === localPart) refuse('The password is the email address.');
  if (isCommonPassword(folded)) refuse('The password is one of the most common ones. Choose another.');
};

const refuse = (message: string): never => {
  throw new ValidationFailedError([{ path: PASSWORD_PATH, message }]);
};
