/** Maximum length of a reason, which is part of a sentence. */
const MAX_REASON_CHARACTERS = 240;

/** Shorter values are not secrets, and replacing them would hide ordinary words. */
const MIN_SECRET_CHARACTERS = 6;

/** The line with the error in a longer text, such as the error output of a process. */
const ERROR_LINE = /^(Uncaught )?\w*Error\b/;

/**
 * Describes an error in one line without a stack trace: the error's code and the first line of its message.
 *
 * @param secrets values that are replaced everywhere in the result
 */
export const describeReason = (error: unknown, secrets: readonly string[] = []): string => {
  const cause = firstOf(error);
  const message = cause instanceof Error ? cause.message : String(cause);
  const lines = message
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const line = lines.find((candidate) => ERROR_LINE.test(candidate)) ?? lines[0] ?? 'no message';
  const label = labelOf(cause);
  const text = label === undefined || line.includes(label) ? line : `${label}: ${line}`;
  return blankOut(text, secrets).slice(0, MAX_REASON_CHARACTERS).replace(/\.$/, '');
};

/** The secrets in an environment, found by the names of the variables. */
export const secretsOf = (env: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(env).flatMap(([name, value]) =>
    /PASSWORD|SECRET|TOKEN/.test(name) && value !== undefined && value.length >= MIN_SECRET_CHARACTERS
      ? [value]
      : [],
  );

/** If a connection fails at each address of its host, Node throws an AggregateError without a message. */
const firstOf = (error: unknown): unknown =>
  error instanceof AggregateError && error.message === '' && error.errors.length > 0
    ? error.errors[0]
    : error;

/** PostgreSQL and Node identify an error by its code, the AWS SDK by its name. */
const labelOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return /^(Error|TypeError|ExtractionError|EngineStartError)$/.test(error.name) ? undefined : error.name;
};

const blankOut = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((blanked, secret) => blanked.replaceAll(secret, '***'), text);
