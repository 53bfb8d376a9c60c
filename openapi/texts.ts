import type { createDocument } from 'zod-openapi';
import { NAMED_SCHEMAS, type NamedSchema } from './schemas.ts';

export type OpenApiDocument = ReturnType<typeof createDocument>;
type Schemas = NonNullable<NonNullable<OpenApiDocument['components']>['schemas']>;
type Schema = Schemas[string];

/**
 * Puts the texts for people into the named schemas. It works on the finished document: while the generator runs, one object
 * stands for every use of a schema, such as the one of times.
 */
export const withTexts = (document: OpenApiDocument): OpenApiDocument => ({
  ...document,
  components: {
    ...document.components,
    schemas: Object.fromEntries(
      Object.entries(document.components?.schemas ?? {}).map(([name, schema]) => {
        const named = NAMED_SCHEMAS[name];
        return [name, named === undefined ? schema : describe(schema, named)];
      }),
    ),
  },
});

const describe = (schema: Schema, { description, properties, values }: NamedSchema): Schema => {
  if (typeof schema === 'boolean') return schema;
  return {
    ...schema,
    description,
    ...(values && { 'x-enumDescriptions': values }),
    ...('properties' in schema && { properties: describeAll(schema.properties ?? {}, properties ?? {}) }),
  };
};

const describeAll = (properties: Schemas, texts: Readonly<Record<string, string>>): Schemas =>
  Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const description = texts[name];
      if (description === undefined || typeof property === 'boolean') return [name, property];
      return [name, { ...property, description }];
    }),
  );
