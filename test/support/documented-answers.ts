import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import {
  type DocumentedAnswer,
  type DocumentedOperation,
  documentedOperationOf,
  documentedSchemas,
} from './documented-operations.ts';

/** An answer that the OpenAPI document does not allow. */
export class UndocumentedAnswerError extends Error {
  constructor(call: string, reason: string) {
    super(`${call}: ${reason}`);
    this.name = 'UndocumentedAnswerError';
  }
}

/** As much of `fetch` as clients use. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Headers of the connection, of CORS, of API Gateway and of browsers' protection: the document lists none of them. */
const GENERAL_HEADERS =
  /^(access-control-.*|connection|content-(length|type|security-policy)|date|keep-alive|referrer-policy|strict-transport-security|transfer-encoding|vary|x-amzn-.*|x-(content-type|dns-prefetch|download|frame|permitted).*)$/;

/**
 * A `fetch` that holds every answer of the API against the OpenAPI document: status, headers and body. Calls to other
 * addresses, and of paths and methods that the document does not have, pass unchecked.
 *
 * @param baseUrl of the API
 * @param onUndocumented is told of an answer that does not fit, which is returned all the same. A client may repeat a call
 * whose `fetch` fails, so a mere rejection could go unnoticed.
 */
export const documentedFetch =
  (baseUrl: string, fetch: Fetch, onUndocumented: (error: UndocumentedAnswerError) => void): Fetch =>
  async (input, init) => {
    const { url, method } = input instanceof Request ? input : { url: String(input), method: 'GET' };
    const response = await fetch(input, init);
    const path = pathBelow(baseUrl, url);
    const operation = path === undefined ? undefined : documentedOperationOf(init?.method ?? method, path);
    if (operation === undefined || isRedirected(response, url)) return response;
    try {
      await requireDocumented(operation, response.clone());
    } catch (error) {
      if (!(error instanceof UndocumentedAnswerError)) throw error;
      onUndocumented(error);
    }
    return response;
  };

const pathBelow = (baseUrl: string, url: string): string | undefined => {
  const root = baseUrl.replace(/\/+$/, '');
  return url.startsWith(`${root}/`)
    ? new URL(url).pathname.slice(new URL(root).pathname.replace(/\/$/, '').length)
    : undefined;
};

/** A `fetch` that follows a redirect answers what the storage says. */
const isRedirected = (response: Response, url: string): boolean =>
  response.redirected && new URL(response.url).origin !== new URL(url).origin;

/**
 * Checks an answer, and reads its body.
 *
 * @throws UndocumentedAnswerError (as rejection) where the document does not allow it
 */
export const requireDocumented = async (
  operation: DocumentedOperation,
  response: Response,
): Promise<void> => {
  const call = `${operation.method} ${operation.path} answered ${response.status}`;
  const answer = operation.answers[response.status];
  if (answer === undefined) {
    throw new UndocumentedAnswerError(call, `no such status is documented: ${await response.text()}`);
  }
  requireHeaders(call, answer, response.headers);
  requireBody(call, answer, response.headers.get('content-type'), await response.text());
};

const requireHeaders = (call: string, { headers }: DocumentedAnswer, actual: Headers): void => {
  for (const [name, { required, schema }] of Object.entries(headers)) {
    const value = actual.get(name);
    if (value === null && required) throw new UndocumentedAnswerError(call, `the header ${name} is missing`);
    if (value === null) continue;
    const typed = schema.type === 'integer' ? Number(value) : value;
    requireSchema(call, `the header ${name}`, schema, typed);
  }
  for (const name of actual.keys()) {
    if (headers[name] === undefined && !GENERAL_HEADERS.test(name))
      throw new UndocumentedAnswerError(call, `the header ${name} is not documented`);
  }
};

const requireBody = (
  call: string,
  { schemas }: DocumentedAnswer,
  contentType: string | null,
  text: string,
): void => {
  if (Object.keys(schemas).length === 0) {
    if (text !== '') throw new UndocumentedAnswerError(call, `a body is not documented: ${text}`);
    return;
  }
  const schema = schemas[contentType ?? ''];
  if (schema === undefined) {
    throw new UndocumentedAnswerError(call, `the content type ${contentType} is not documented: ${text}`);
  }
  requireSchema(call, 'the body', schema, parseJson(call, text));
};

const parseJson = (call: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new UndocumentedAnswerError(call, `the body is not JSON: ${text}`);
  }
};

const requireSchema = (call: string, what: string, schema: object, value: unknown): void => {
  const validate = validatorOf(schema);
  if (validate(value)) return;
  const errors = ajv.errorsText(validate.errors, { dataVar: what });
  throw new UndocumentedAnswerError(call, `${errors}: ${JSON.stringify(value)}`);
};

/**
 * The document leaves answers open for new fields, so that clients accept them. Here a field that the document does not
 * name is a mistake, so the schemas are closed.
 */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  const isOpen = inner.type === 'object' && inner.properties !== undefined;
  return isOpen ? { additionalProperties: false, ...inner } : inner;
};

const DOCUMENT_ID = 'openapi';

const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
ajv.addSchema({ $id: DOCUMENT_ID, components: { schemas: closed(documentedSchemas) } });

const validators = new Map<object, ValidateFunction>();

const validatorOf = (schema: object): ValidateFunction => {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const text = JSON.stringify(closed(schema)).replaceAll('"$ref":"#', `"$ref":"${DOCUMENT_ID}#`);
  const validate = ajv.compile(JSON.parse(text));
  validators.set(schema, validate);
  return validate;
};
