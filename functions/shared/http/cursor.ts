import { createHash } from 'node:crypto';
import { InvalidCursorError } from '../errors/app-error.ts';

/** Hex digits of the seal: enough to make an accidental or guessed match practically impossible. */
const SEAL_LENGTH = 16;
const SEPARATOR = '|';

/**
 * Creates an opaque cursor: the position where the next page starts, with a seal for its list. The seal detects
 * modified and mixed-up cursors, but it is not secret. So reading a list always checks the owner, independently of the
 * cursor.
 *
 * @param scope identifies the list, for example by its owner's id
 * @param position parts without `|`
 */
export const encodeCursor = (scope: string, position: readonly string[]): string => {
  const text = position.join(SEPARATOR);
  return Buffer.from([seal(scope, text), text].join(SEPARATOR)).toString('base64url');
};

/** The position that `encodeCursor` received. @throws InvalidCursorError for other text or another list's cursor */
export const decodeCursor = (scope: string, cursor: string): string[] => {
  const [, ...position] = Buffer.from(cursor, 'base64url').toString('utf8').split(SEPARATOR);
  // The comparison with the canonical text also refuses other encodings of the same bytes.
  if (encodeCursor(scope, position) !== cursor) throw new InvalidCursorError();
  return position;
};

const seal = (scope: string, text: string): string =>
  createHash('sha256').update(`${scope}${SEPARATOR}${text}`).digest('hex').slice(0, SEAL_LENGTH);
