import type { ZodOpenApiOverride } from 'zod-openapi';
import { Email } from '../functions/contracts/http/account.ts';

/** Formats that say all that matters; zod's patterns for them are unreadable. */
const SELF_EXPLAINING_FORMATS: readonly unknown[] = ['uuid', 'date-time', 'uri'];

/**
 * Takes away what tells people nothing. Answers stay open for new fields, although the API sends no others today: a client
 * that refuses unknown fields would break on the next one.
 */
export const tidySchema: ZodOpenApiOverride = ({ jsonSchema, zodSchema, io }) => {
  if (SELF_EXPLAINING_FORMATS.includes(jsonSchema.format)) delete jsonSchema.pattern;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
  // Trimmed before it is checked as an address, so zod itself does not say what it is.
  if (zodSchema === Email) jsonSchema.format = 'email';
};
