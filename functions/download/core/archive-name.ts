/** A name for the downloaded ZIP: in full, and in ASCII for clients that know no better. */
export interface ArchiveName {
  fileName: string;
  asciiFallback: string;
}

const SUFFIX = '-frames.zip';
const DEFAULT_BASE = 'video';
/** What common file systems store, in bytes of UTF-8. */
const MAX_NAME_BYTES = 255;

const EXTENSION = /\.(?:mp4|mov|mkv|avi)$/i;
/** Joiners hold emoji and some scripts together; every other invisible character, bidi controls first, goes. */
const INVISIBLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu;
/** Forbidden in names on Windows, or with a meaning to a shell or a header. */
const UNSAFE = /["*/:<>?\\|`$;]/g;
/** Device names of Windows, whatever follows their first dot. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/**
 * `holiday.mp4` → `holiday-frames.zip`: one plain file name that no header, shell or file system takes for anything
 * else, whatever the source was called.
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
    // A leading dash is an option to a command, a leading dot hides the file; Windows drops trailing dots and spaces.
    .replace(/^(?:[\s.-]|\u200c|\u200d)+/, '')
    .replace(/(?:[\s.]|\u200c|\u200d)+$/, '');
  const unreserved = RESERVED.test(plain) ? `_${plain}` : plain;
  return truncate(unreserved, MAX_NAME_BYTES - SUFFIX.length) || DEFAULT_BASE;
};

/** Cut between characters, never within one. */
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

/** Letters without their accents where that is possible; a name of which nothing remains is replaced. */
const asciiBase = (base: string): string => {
  const ascii = base
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]|["%\\]/gu, '_');
  return /[a-z0-9]/i.test(ascii) ? ascii : DEFAULT_BASE;
};
