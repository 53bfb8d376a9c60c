import * as z from 'zod';
import { openApiDocument } from '../../openapi/document.ts';

/** A schema of the document; `ajv` understands it. */
const Schema = z.record(z.string(), z.unknown());
const Content = z.record(z.string(), z.object({ schema: Schema }));
const Header = z.object({ required: z.boolean().default(false), schema: Schema });
const Reference = z.object({ $ref: z.string() });
const orReference = <Value extends z.ZodType>(value: Value) => z.union([Reference, value]);

const Answer = z.object({
  headers: z.record(z.string(), orReference(Header)).default({}),
  content: Content.default({}),
});
const Operation = z.object({
  operationId: z.string(),
  security: z.array(z.unknown()),
  parameters: z
    .array(
      z.object({
        in: z.enum(['path', 'query', 'header']),
        name: z.string(),
        required: z.boolean().default(false),
        schema: Schema,
      }),
    )
    .default([]),
  requestBody: z.object({ content: Content }).optional(),
  responses: z.record(z.string(), orReference(Answer)),
});
const Document = z.object({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({
    schemas: z.record(z.string(), Schema),
    responses: z.record(z.string(), Answer),
    headers: z.record(z.string(), Header),
  }),
});

/** A header of an answer. */
export type DocumentedHeader = z.infer<typeof Header>;

/** What the document says of the answers of one status: references are followed. */
export interface DocumentedAnswer {
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, DocumentedHeader>>;
  /** Schemas by content type; none for an answer without a body. */
  readonly schemas: Readonly<Record<string, z.infer<typeof Schema>>>;
}

/** An operation as the document describes it. */
export interface DocumentedOperation {
  readonly id: string;
  /** In upper case. */
  readonly method: string;
  readonly path: string;
  readonly needsUser: boolean;
  readonly parameters: z.infer<typeof Operation>['parameters'];
  readonly bodySchema: z.infer<typeof Schema> | undefined;
  /** By status. */
  readonly answers: Readonly<Record<string, DocumentedAnswer>>;
}

const document = Document.parse(JSON.parse(JSON.stringify(openApiDocument())));

/** Schemas of the document's components, by name. */
export const documentedSchemas = document.components.schemas;

const lastPart = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);

const found = <Value>(value: Value | undefined, reference: string): Value => {
  if (value === undefined) throw new Error(`The document refers to ${reference} and does not have it`);
  return value;
};

const answerOf = (value: z.infer<typeof Operation>['responses'][string]): DocumentedAnswer => {
  const { headers, content } =
    '$ref' in value ? found(document.components.responses[lastPart(value.$ref)], value.$ref) : value;
  return {
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, header]) => [
        name.toLowerCase(),
        '$ref' in header ? found(document.components.headers[lastPart(header.$ref)], header.$ref) : header,
      ]),
    ),
    schemas: Object.fromEntries(Object.entries(content).map(([type, { schema }]) => [type, schema])),
  };
};

/** Every operation of the document. */
export const DOCUMENTED_OPERATIONS: readonly DocumentedOperation[] = Object.entries(document.paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      needsUser: operation.security.length > 0,
      parameters: operation.parameters,
      bodySchema: operation.requestBody?.content['application/json']?.schema,
      answers: Object.fromEntries(
        Object.entries(operation.responses).map(([status, answer]) => [status, answerOf(answer)]),
      ),
    })),
);

/** The operation that a call reaches; undefined where the document has none. A slash at its end does not count. */
export const documentedOperationOf = (method: string, path: string): DocumentedOperation | undefined => {
  const parts = partsOf(path);
  return DOCUMENTED_OPERATIONS.find((operation) => {
    const pattern = partsOf(operation.path);
    return (
      operation.method === method &&
      pattern.length === parts.length &&
      pattern.every((part, index) => (part.startsWith('{') ? parts[index] !== '' : part === parts[index]))
    );
  });
};

const partsOf = (path: string): string[] => path.replace(/\/+$/, '').split('/');
