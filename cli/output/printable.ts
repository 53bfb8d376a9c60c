/** Control characters (C0, DEL, C1), line separators, and characters that reorder the text around them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it finds
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Text of a file name or a server, made harmless for a terminal: an escape sequence is shown as `\u001b…` and not obeyed.
 * The result is one line, and inside a JSON string it means the same text as before.
 */
export const printable = (text: string): string =>
  text.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
