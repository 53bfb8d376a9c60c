import * as z from 'zod';

/** What people read of a parameter, and a value for it. */
type ParameterText = {
  readonly description: string;
  readonly example: string | number;
};

/** Of every parameter, by its name as the registry has it. */
const PARAMETER_TEXTS: Readonly<Record<string, ParameterText>> = {
  id: { description: 'The id of the video.', example: '019a6f10-9d0b-7e4a-8c53-5b1d6c0f4e21' },
  limit: { description: 'How many items a page has at most.', example: 20 },
  cursor: {
    description: '`nextCursor` of the page before. Without it the list begins.',
    example: 'ZDQxZDhjZDk4ZjAwYjIwNHwy',
  },
  'idempotency-key': {
    description:
      'Chosen by the client, for example a random UUID: the same for each repetition of one call. With it the call can be ' +
      'repeated safely after a lost answer.',
    example: '5d5e0a52-6b0f-4f0c-9a3e-1d3a5c7e9b11',
  },
};

/** OpenAPI forbids to document these headers as parameters; the operation's description and its body speak of them. */
const IMPLIED_HEADERS: readonly string[] = ['accept', 'content-type', 'authorization'];

/** The parameters of a place, with their texts and with header names as people write them. @throws Error without a text */
export const describedParameters = (parameters: z.ZodObject): z.ZodObject =>
  z.object(
    Object.fromEntries(
      Object.entries<z.ZodType>(parameters.shape)
        .filter(([name]) => !IMPLIED_HEADERS.includes(name))
        .map(([name, schema]) => [headerCase(name), schema.meta(textOf(name))]),
    ),
  );

const textOf = (name: string): { param: ParameterText } => {
  const text = PARAMETER_TEXTS[name];
  if (text === undefined) throw new Error(`The parameter ${name} has no text: write one in PARAMETER_TEXTS`);
  return { param: text };
};

/** `idempotency-key` → `Idempotency-Key`; names without a dash stay as they are. */
const headerCase = (name: string): string =>
  name.includes('-')
    ? name
        .split('-')
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join('-')
    : name;
