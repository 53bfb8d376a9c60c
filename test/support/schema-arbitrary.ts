import * as fc from 'fast-check';
import * as z from 'zod';
import { documentedSchemas } from './documented-operations.ts';

/** As much of JSON Schema as the schemas of requests use. */
const RequestSchema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  anyOf: z.array(z.unknown()).optional(),
  enum: z.array(z.string()).optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).default([]),
});
type RequestSchema = z.infer<typeof RequestSchema>;

/** Longer texts would only cost time: the limits of the schemas are among the hostile values. */
const MAX_TEXT = 130;

/** Values that a schema of the document allows. @throws Error for a schema that no request has had so far */
export const valuesOf = (schema: unknown): fc.Arbitrary<unknown> => {
  const parsed = RequestSchema.parse(schema);
  if (parsed.$ref !== undefined) return valuesOf(documentedSchemas[parsed.$ref.split('/').at(-1) ?? '']);
  if (parsed.anyOf !== undefined) return fc.oneof(...parsed.anyOf.map(valuesOf));
  if (parsed.enum !== undefined) return fc.constantFrom(...parsed.enum);
  const types = [parsed.type ?? []].flat();
  return fc.oneof(...types.map((type) => valuesOfType(type, parsed)));
};

const valuesOfType = (type: string, schema: RequestSchema): fc.Arbitrary<unknown> => {
  if (type === 'null') return fc.constant(null);
  if (type === 'string') return texts(schema);
  if (type === 'integer') {
    return fc.integer({
      min: schema.minimum ?? (schema.exclusiveMinimum ?? -1) + 1,
      max: schema.maximum ?? 2 ** 31,
    });
  }
  if (type !== 'object') throw new Error(`No values for ${type}`);
  const properties: Record<string, fc.Arbitrary<unknown>> = Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, value]) => [name, valuesOf(value)]),
  );
  return fc.record(properties, { requiredKeys: schema.required });
};

const texts = ({
  format,
  pattern,
  minLength = 0,
  maxLength = MAX_TEXT,
}: RequestSchema): fc.Arbitrary<string> => {
  if (format === 'uuid') return fc.uuid();
  if (format === 'email') return fc.emailAddress();
  const isAllowed = (text: string) => text.length >= minLength && text.length <= maxLength;
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern)).filter(isAllowed);
  return fc
    .string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, MAX_TEXT) })
    .filter(isAllowed);
};
