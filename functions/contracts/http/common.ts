import * as z from 'zod';

/** ISO 8601, UTC. */
export const Time = z.iso.datetime();

// biome-ignore lint/suspicious/noControlCharactersInRegex: the expression refuses control characters
export const NO_CONTROL_CHARACTERS = /^[^\u0000-\u001f\u007f-\u009f]*$/;

/** A page of a list. `nextCursor` requests the next page; it is null on the last. */
export const pageOf = <const Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });
