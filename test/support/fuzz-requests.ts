import * as fc from 'fast-check';
import { MAX_JSON_BODY_BYTES } from '../../functions/contracts/limits.ts';
import type { DocumentedOperation } from './documented-operations.ts';
import { valuesOf } from './schema-arbitrary.ts';

/** A call that is made up; everything in it may be wrong. */
export interface FuzzRequest {
  readonly method: string;
  /** With its query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string | undefined;
}

/** What a made-up call may know of the system. */
export interface FuzzKnowledge {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Ids of the caller's own videos. */
  readonly videoIds: readonly string[];
}

/** Values that have broken other programs. */
const HOSTILE_TEXTS = [
  '',
  ' ',
  '\u0000',
  'a\r\nSet-Cookie: a=b',
  '../../etc/passwd',
  "' OR 1=1--",
  '$' + '{jndi:ldap://a}',
  '__proto__',
  'constructor',
  '\u202egnp.exe',
  '😀'.repeat(64),
  'é'.normalize('NFD').repeat(100),
  '\ud800',
  'K',
  'a'.repeat(300),
  'a'.repeat(5000),
  'null',
  'true',
  '-0',
  '1e309',
  'NaN',
  '٣',
];
const hostileTexts = fc.constantFrom(...HOSTILE_TEXTS);
const hostileValues = fc.oneof(
  hostileTexts,
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 2 ** 53, 1e308, [], {}, [[]], { toString: 1 }),
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
/** What `fetch` lets through as the value of a header. */
const headerValues = fc.oneof(
  fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    maxLength: 200,
  }),
  fc.constantFrom(
    '',
    '*/*',
    'application/json',
    'text/html;q=0.1,,',
    'a'.repeat(129),
    'a'.repeat(2000),
    '\u00e9',
  ),
);

/** Calls of an operation, from valid ones to garbage. */
export const fuzzRequests = (
  operation: DocumentedOperation,
  known: FuzzKnowledge,
): fc.Arbitrary<FuzzRequest> =>
  fc
    .record({
      path: pathsOf(operation, known),
      query: queriesOf(operation),
      authorization: authorizations(known),
      headers: headersOf(operation),
      body:
        operation.bodySchema === undefined ? rarely(hostileBodies) : bodiesOf(operation.bodySchema, known),
      contentType: contentTypes,
    })
    .map(({ path, query, authorization, headers, body, contentType }) => ({
      method: operation.method,
      target: query === '' ? path : `${path}?${query}`,
      headers: {
        ...headers,
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && contentType !== undefined && { 'content-type': contentType }),
      },
      // A GET cannot have a body in `fetch`.
      body: operation.method === 'GET' ? undefined : body,
    }));

/** Nine of ten times nothing. */
const rarely = <Value>(values: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: values });

const pathsOf = ({ path }: DocumentedOperation, { videoIds }: FuzzKnowledge): fc.Arbitrary<string> => {
  const parameters = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...videoIds) },
    { weight: 1, arbitrary: fc.constantFrom(...videoIds).map((id) => id.toUpperCase()) },
    { weight: 1, arbitrary: fc.uuid() },
    {
      weight: 2,
      arbitrary: fc.oneof(hostileTexts, fc.string({ unit: 'grapheme', maxLength: 40 })).map(encode),
    },
    { weight: 1, arbitrary: fc.constantFrom('%', '%zz', '%c0%af', '%00', '%2e%2e', ';', '{id}') },
  );
  return parameters.map((value) => path.replaceAll(/\{\w+\}/g, () => value));
};

/** `encodeURIComponent` refuses halves of surrogate pairs. */
const encode = (text: string): string => encodeURIComponent(text.toWellFormed());

const queriesOf = ({ parameters }: DocumentedOperation): fc.Arbitrary<string> => {
  const pairs = parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, schema }) =>
      fc.oneof(
        { weight: 2, arbitrary: fc.constant<string[]>([]) },
        { weight: 2, arbitrary: valuesOf(schema).map((value) => [`${name}=${encode(String(value))}`]) },
        { weight: 1, arbitrary: hostileTexts.map((value) => [`${name}=${encode(value)}`, `${name}=1`]) },
      ),
    );
  const extra = rarely(hostileTexts.map((value) => `${encode(value)}=${encode(value)}&%=%&=&&a`));
  return fc
    .tuple(extra, ...pairs)
    .map(([more, ...lists]) => [...lists.flat(), ...(more ? [more] : [])].join('&'));
};

const authorizations = ({ accessToken }: FuzzKnowledge): fc.Arbitrary<string | undefined> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constant(`Bearer ${accessToken}`) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        undefined,
        '',
        'Bearer',
        'Bearer x',
        'Bearer a.b.c',
        'Basic YTpi',
        `bearer ${accessToken}`,
        `Bearer ${accessToken}.x`,
        `Bearer ${accessToken.slice(0, -4)}AAAA`,
        `Bearer ${'a'.repeat(3000)}.b.c`,
      ),
    },
  );

const headersOf = ({ parameters }: DocumentedOperation): fc.Arbitrary<Record<string, string | undefined>> => {
  const names = [
    'accept',
    ...parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name),
  ];
  return fc.record(Object.fromEntries(names.map((name) => [name, headerValues])), { requiredKeys: [] });
};

const contentTypes = fc.oneof(
  { weight: 8, arbitrary: fc.constant('application/json') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      undefined,
      'application/json; charset=utf-16',
      'application/problem+json',
      'application/jsonp',
      'text/plain',
      'multipart/form-data',
      'application/x-www-form-urlencoded',
      'a'.repeat(1000),
    ),
  },
);

const bodiesOf = (schema: object, known: FuzzKnowledge): fc.Arbitrary<string | undefined> => {
  const valid = valuesOf(schema).map((value) => withKnown(value, known));
  return fc.oneof(
    { weight: 4, arbitrary: valid.map((value) => JSON.stringify(value)) },
    { weight: 4, arbitrary: fc.tuple(valid, hostileValues, fc.nat(), fc.boolean()).map(nearlyValid) },
    { weight: 2, arbitrary: hostileBodies },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
};

/** A random refresh token is always refused, so some calls get a real one. */
const withKnown = (value: unknown, { refreshToken }: FuzzKnowledge): object => {
  const fields = typeof value === 'object' && value !== null ? value : {};
  const random = 'refreshToken' in fields ? String(fields.refreshToken) : '';
  return random !== '' && random.length % 4 === 0 ? { ...fields, refreshToken } : fields;
};

/** One property of a valid body is replaced, or one is added; a property may be missing. */
const nearlyValid = ([body, value, place, isAdded]: [object, unknown, number, boolean]): string => {
  const names = Object.keys(body);
  const name = isAdded ? '__proto__' : (names[place % Math.max(names.length, 1)] ?? 'x');
  const entries = Object.entries(body).filter(([key]) => key !== name);
  const pairs = [...entries, ...(place % 3 === 0 ? [] : [[name, value] as const])];
  return `{${pairs.map(([key, item]) => `${JSON.stringify(key)}:${JSON.stringify(item)}`).join(',')}}`;
};

const hostileBodies = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.constantFrom(
    '{',
    'null',
    '[]',
    '""',
    '\ufeff{}',
    '{"a":1e400}',
    '{"__proto__":{"isAdmin":true}}',
    `${'['.repeat(7000)}${']'.repeat(7000)}`,
    `${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}`,
    JSON.stringify('x'.repeat(MAX_JSON_BODY_BYTES)),
    JSON.stringify('x'.repeat(20 * MAX_JSON_BODY_BYTES)),
  ),
);
