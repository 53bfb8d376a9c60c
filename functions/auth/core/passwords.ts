import { ValidationFailedError } from '../../shared/errors/app-error.ts';
import { isCommonPassword } from './common-passwords.ts';

/** Slow hashes of passwords. */
export interface PasswordHasher {
  /** A PHC string with the current parameters and a salt of its own. */
  hash(password: string): Promise<string>;
  verify(password: string, passwordHash: string): Promise<boolean>;
  /** Whether the hash was made with parameters other than the current ones. */
  needsRehash(passwordHash: string): boolean;
  /** A hash with the current parameters that no password matches: what unknown users are verified against. */
  readonly decoyHash: string;
}

/** The field that complaints about a password name. */
const PASSWORD_PATH = 'body.password';

/**
 * The same password whichever way a keyboard composes it: NFKC, as NIST SP 800-63B advises. Nothing is cut. Half a
 * surrogate pair becomes U+FFFD, as it would in UTF-8 anyway; new passwords may not contain any.
 */
export const normalizePassword = (password: string): string => password.toWellFormed().normalize('NFKC');

/**
 * Refuses passwords that guessing tries first. Length is the contract's matter.
 *
 * @throws ValidationFailedError saying why.
 */
export const assertAcceptablePassword = (password: string, email: string): void => {
  if (!password.isWellFormed()) refuse('The password contains half a character (an unpaired surrogate).');
  const folded = normalizePassword(password).toLowerCase();
  const [localPart] = email.split('@');
  if (folded === email || folded === localPart) refuse('The password is the email address.');
  if (isCommonPassword(folded)) refuse('The password is one of the most common ones: choose another.');
};

const refuse = (message: string): never => {
  throw new ValidationFailedError([{ path: PASSWORD_PATH, message }]);
};
