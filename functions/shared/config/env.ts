import type * as z from 'zod';

/** A variable is missing or malformed. The deployment is wrong, not the request. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(`Environment: ${problems.join('; ')}`);
    this.name = 'ConfigError';
  }
}

/**
 * Returns a reader of environment variables that parses once, on first use. So a module can be imported even if its
 * variables are not set.
 *
 * @throws ConfigError from the returned function. It names every missing or malformed variable, but no value.
 */
export const lazyEnv = <const Schema extends z.ZodType>(schema: Schema): (() => z.infer<Schema>) => {
  let parsed: { value: z.infer<Schema> } | undefined;
  return () => {
    parsed ??= { value: parseEnv(schema, process.env) };
    return parsed.value;
  };
};

/** @throws ConfigError with the names of all missing or malformed variables */
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
