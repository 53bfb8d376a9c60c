import { createHash } from 'node:crypto';
import { InvalidCursorError } from '../errors/app-error.ts';

/** Hex digits of the seal: enough that no accident or guess passes for a cursor of ours. */
const SEAL_LENGTH = 16;
const SEPARATOR = '|';

/**
 * An opaque cursor: the position where the next page starts, sealed to the list that it belongs to. The seal finds
 * tampering and mix-ups, it is no secret: the reader of the list checks its owner, whatever the cursor says.
 *
 * @param scope names the list, for instance by its owner's id.
 * @param position parts without `|`.
 */
export const encodeCursor = (scope: string, position: readonly string[]): string => {
  const text = position.join(SEPARATOR);
  return Buffer.from([seal(scope, text), text].join(SEPARATOR)).toString('base64url');
};

/** The position that `encodeCursor` was given. @throws InvalidCursorError for any other text or another list's. */
export const decodeCursor = (scope: string, cursor: string): string[] => {
  const [, ...position] = Buffer.from(cursor, 'base64url').toString('utf8').split(SEPARATOR);
  // Compared with what we would have written, which also refuses other spellings of the same bytes.
  if (encodeCursor(scope, position) !== cursor) throw new InvalidCursorError();
  return position;
};

const seal = (scope: string, text: string): string =>
  createHash('sha256').update(`${scope}${SEPARATOR}${text}`).digest('hex').slice(0, SEAL_LENGTH);
