import type * as z from 'zod';

/** A variable that is missing or malformed: the deployment is wrong, not the request. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`Environment: ${problems.join('; ')}`);
    this.name = 'ConfigError';
  }
}

/**
 * A reader of environment variables that parses on first use and only once, so that a module may be imported
 * anywhere without its variables being set.
 *
 * @throws ConfigError from the returned function; it names every variable that is missing or malformed, never a value.
 */
export const lazyEnv = <const Schema extends z.ZodType>(schema: Schema): (() => z.infer<Schema>) => {
  let parsed: { value: z.infer<Schema> } | undefined;
  return () => {
    parsed ??= { value: parseEnv(schema, process.env) };
    return parsed.value;
  };
};

/** @throws ConfigError naming every variable that is missing or malformed. */
export const parseEnv = <const Schema extends z.ZodType>(
  schema: Schema,
  env: NodeJS.ProcessEnv,
): z.infer<Schema> => {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  throw new ConfigError(
    result.error.issues.map((issue) => `${issue.path.join('.') || 'variables'}: ${issue.message}`),
  );
};
