/** Values of the documented examples that a running system has other ones for. */
export class ExampleBindings {
  readonly #values = new Map<string | number, string | number>();

  bind(example: string | number, actual: string | number): void {
    this.#values.set(example, actual);
  }

  /** The example as this system has it: bound values are replaced, also inside texts. */
  apply(example: unknown): unknown {
    if (Array.isArray(example)) return example.map((item) => this.apply(item));
    if (typeof example === 'object' && example !== null) {
      return Object.fromEntries(Object.entries(example).map(([name, value]) => [name, this.apply(value)]));
    }
    if (typeof example === 'number') return this.#values.get(example) ?? example;
    if (typeof example !== 'string') return example;
    return [...this.#values].reduce(
      (text, [value, actual]) => (typeof value === 'string' ? text.replaceAll(value, String(actual)) : text),
      example,
    );
  }
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const OPAQUE = /^\S+$/;
const URL_TEXT = /^https?:\/\/\S+$/;

/** Fields that differ from answer to answer, and what all their values look like. */
const CHANGING: Readonly<Record<string, RegExp>> = {
  createdAt: TIME,
  updatedAt: TIME,
  occurredAt: TIME,
  expiresAt: TIME,
  url: URL_TEXT,
  location: URL_TEXT,
  accessToken: OPAQUE,
  refreshToken: OPAQUE,
  nextCursor: OPAQUE,
  sha256: /^[0-9a-f]{64}$/,
  kid: OPAQUE,
  x: OPAQUE,
  'X-Amz-Credential': OPAQUE,
  'X-Amz-Date': OPAQUE,
  Policy: OPAQUE,
  'X-Amz-Signature': OPAQUE,
};

/**
 * In what an answer differs from its example: every field has to be in both, and its value has to be the same, or for the
 * fields that change each time of the same form.
 */
export const differences = (example: unknown, actual: unknown, path = ''): string[] => {
  if (Array.isArray(example) && Array.isArray(actual)) {
    const lengths = example.length === actual.length ? [] : [`${path}: ${actual.length} items`];
    return [
      ...lengths,
      ...example.flatMap((item, index) => differences(item, actual[index], `${path}[${index}]`)),
    ];
  }
  if (isObject(example) && isObject(actual)) {
    const names = new Set([...Object.keys(example), ...Object.keys(actual)]);
    return [...names].flatMap((name) => differences(example[name], actual[name], `${path}.${name}`));
  }
  const pattern = CHANGING[path.slice(path.lastIndexOf('.') + 1)];
  const isAlike = [example, actual].every((value) => typeof value === 'string' && pattern?.test(value));
  if (isAlike || example === actual) return [];
  return [`${path}: ${JSON.stringify(actual)} instead of ${JSON.stringify(example)}`];
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
