import * as z from 'zod';

/** ISO 8601, UTC. */
export const Time = z.iso.datetime();

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
export const NO_CONTROL_CHARACTERS = /^[^\u0000-\u001f\u007f-\u009f]*$/;

/** A page of a list; `nextCursor` asks for the next one, null on the last. */
export const pageOf = <const Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });
