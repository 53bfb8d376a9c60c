import fc from 'fast-check';

/** The same text with each letter in upper or lower case, in any mix. */
export const inAnyCase = (text: string): fc.Arbitrary<string> =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((upper) =>
      [...text]
        .map((letter, position) => (upper[position] ? letter.toUpperCase() : letter.toLowerCase()))
        .join(''),
    );

/** Spellings of a UUID by clients: upper case (as Swift prints it), mixed case, unchanged. */
export const spellingsOf = (id: string): string[] => [
  id.toUpperCase(),
  id.replace(/[a-f]/g, (letter, position: number) => (position % 2 === 0 ? letter.toUpperCase() : letter)),
  id,
];
