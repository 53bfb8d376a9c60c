import { COMMON_WORDS } from './common-words.ts';

/** Keyboard rows, keyboard walks and well-known sequences. Each is used in both directions. */
const SEQUENCES = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiop[]',
  'asdfghjkl;',
  'zxcvbnm,./',
  'qwertzuiop',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  '!@#$%^&*()_+',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  '1a2b3c4d5e6f7g8h9i',
  'a1b2c3d4e5f6g7h8i9',
  'a1s2d3f4g5h6j7k8l9',
  '147258369',
  '159357456852',
];
const TRACKS = SEQUENCES.flatMap((sequence) => [sequence, [...sequence].reverse().join('')]);

/** Minimum length of a run, which is a piece of a sequence: `qwe`, `123`. */
const SHORTEST_RUN = 3;
/** A common word with at most this many digits and signs around it is still common: `2024summer`, `dragon2024!`. */
const LONGEST_PREFIX = 4;
const LONGEST_SUFFIX = 6;

const LOOKALIKES: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '0': 'o',
  '3': 'e',
  '5': 's',
  $: 's',
  '7': 't',
  '!': 'i',
};

/**
 * Whether a lower-case password is one of the first that attackers guess: a common word, also with look-alikes
 * (`p@ssw0rd`) and a few digits or signs around it, a repetition, runs of keys, or a date.
 *
 * Rules for some hundred words need only a few kilobytes and replace a list of many thousand variants. The words are
 * those on which published analyses of leaked passwords agree.
 */
export const isCommonPassword = (folded: string): boolean => {
  const password = folded.replaceAll(/\s/g, '');
  return isRepetition(password) || isRuns(password) || isDate(password) || isDecoratedWord(password);
};

/** One to four characters that repeat (the last repetition may be incomplete), or a common word that repeats. */
const isRepetition = (password: string): boolean => {
  if (/^(.)\1*$/su.test(password) || /^(.{2,4}?)\1+$/su.test(password)) return true;
  const unit = /^(.{5,}?)\1+$/su.exec(password)?.[1];
  return unit !== undefined && (isWord(unit) || isRuns(unit));
};

/** Only pieces of sequences, or a repeated key: `qwerty123`, `abcd1234`, `123qweasd`, `111222333`. */
const isRuns = (password: string): boolean => {
  let rest = password;
  while (rest.length > 0) {
    const run = longestRun(rest);
    if (run < SHORTEST_RUN) return false;
    rest = rest.slice(run);
  }
  return password.length > 0;
};

const longestRun = (text: string): number => {
  let longest = /^(.)\1*/su.exec(text)?.[0].length ?? 0;
  for (const track of TRACKS) {
    while (longest < text.length && track.includes(text.slice(0, longest + 1))) longest += 1;
  }
  return longest;
};

const DAY = '(0[1-9]|[12]\\d|3[01])';
const MONTH = '(0[1-9]|1[0-2])';
const YEAR = '(19|20)\\d\\d';
const DATE = new RegExp(
  `^(${YEAR}S${MONTH}S${DAY}|${DAY}S${MONTH}S${YEAR}|${MONTH}S${DAY}S${YEAR})$`.replaceAll('S', '[-./]?'),
);
const isDate = (password: string): boolean => DATE.test(password);

const isDecoratedWord = (password: string): boolean => {
  for (let start = 0; start <= LONGEST_PREFIX && isDecoration(password.slice(0, start)); start += 1) {
    for (let end = password.length; end > start && isSuffix(password.slice(end)); end -= 1) {
      if (isWord(password.slice(start, end))) return true;
    }
  }
  return false;
};

const isDecoration = (text: string): boolean => /^[\d\p{P}\p{S}]*$/u.test(text);

/** A few digits or signs, or any number of them that form runs: `123456789`. */
const isSuffix = (text: string): boolean =>
  isDecoration(text) && (text.length <= LONGEST_SUFFIX || isRuns(text));

/** A common word, plain or with look-alikes. A 1 counts as i or l. */
const isWord = (text: string): boolean => {
  if (COMMON_WORDS.has(text)) return true;
  const plain = text.replaceAll(/[@40357$!]/g, (sign) => LOOKALIKES[sign] ?? sign);
  return COMMON_WORDS.has(plain.replaceAll('1', 'i')) || COMMON_WORDS.has(plain.replaceAll('1', 'l'));
};
