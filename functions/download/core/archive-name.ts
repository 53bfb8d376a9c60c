/** A name for the downloaded ZIP: the full name, and an ASCII name for clients that support only ASCII. */
export interface ArchiveName {
  fileName: string;
  asciiFallback: string;
}

const SUFFIX = '-frames.zip';
const DEFAULT_BASE = 'video';
/** The limit of common file systems, in bytes of UTF-8. */
const MAX_NAME_BYTES = 255;

const EXTENSION = /\.(?:mp4|mov|mkv|avi)$/i;
/** All invisible characters, above all bidi controls, except joiners, which emoji and some scripts need. */
const INVISIBLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu;
/** Characters that are forbidden in Windows file names, or special in a shell or a header. */
const UNSAFE = /["*/:<>?\\|`$;]/g;
/** Windows device names, with or without an extension. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/**
 * `holiday.mp4` → `holiday-frames.zip`. For any source name, the result is a plain file name without special meaning in
 * a header, a shell or a file system.
 */
export const archiveName = (sourceFileName: string): ArchiveName => {
  const base = safeBase(sourceFileName);
  return { fileName: base + SUFFIX, asciiFallback: asciiBase(base) + SUFFIX };
};

const safeBase = (sourceFileName: string): string => {
  const lastPart = sourceFileName.toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const plain = lastPart
    .replace(EXTENSION, '')
    .replace(INVISIBLE, '')
    .replace(UNSAFE, '_')
    // Commands read a leading dash as an option, a leading dot hides the file, Windows drops trailing dots and spaces.
    .replace(/^(?:[\s.-]|\u200c|\u200d)+/, '')
    .replace(/(?:[\s.]|\u200c|\u200d)+$/, '');
  const unreserved = RESERVED.test(plain) ? `_${plain}` : plain;
  return truncate(unreserved, MAX_NAME_BYTES - SUFFIX.length) || DEFAULT_BASE;
};

/** Truncates between characters, never within one. */
const truncate = (text: string, maxBytes: number): string => {
  const encoder = new TextEncoder();
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += encoder.encode(character).length;
    if (bytes > maxBytes) return kept.trimEnd();
    kept += character;
  }
  return kept;
};

/** Removes accents from letters if possible. If no letter or digit remains, uses the default name. */
const asciiBase = (base: string): string => {
  const ascii = base
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]|["%\\]/gu, '_');
  return /[a-z0-9]/i.test(ascii) ? ascii : DEFAULT_BASE;
};
