import { STATUS_CODES } from 'node:http';
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import type { Problem } from '../functions/contracts/problem.ts';
import { NEXT_STEPS, PROBLEMS, type ProblemCode, problemType } from '../functions/contracts/problems.ts';
import type { RouteExample } from '../functions/contracts/route-examples.ts';
import { problemsOf, type RouteAnswer, type RouteContract } from '../functions/contracts/routes/route.ts';
import { ANSWER_HEADERS, type AnswerHeaderName, COMMON_HEADERS, HEADERS_OF_PROBLEMS } from './headers.ts';

type Examples = Readonly<Record<string, RouteExample<RouteContract>>>;

const EXAMPLE_CORRELATION_ID = ANSWER_HEADERS['X-Correlation-Id'].example;

/** Every answer of an operation, by status: the successful ones, then a response for each status of its problems. */
export const responsesOf = (contract: RouteContract, examples: Examples): ZodOpenApiResponsesObject => ({
  ...Object.fromEntries(
    Object.entries(contract.answers).map(([status, answer]) => [
      status,
      successResponse(Number(status), answer, examples),
    ]),
  ),
  ...Object.fromEntries(
    [...problemsByStatus(contract)].map(([status, codes]) => [
      status,
      { $ref: `#/components/responses/${nameOf(codes)}` },
    ]),
  ),
});

/** The responses that `responsesOf` refers to: one for all problems of a status. Operations with the same problems share it. */
export const problemResponses = (
  contracts: readonly RouteContract[],
): Record<string, ZodOpenApiResponseObject> =>
  Object.fromEntries(
    contracts
      .flatMap((contract) => [...problemsByStatus(contract)])
      .map(([status, codes]) => [nameOf(codes), problemResponse(status, codes)]),
  );

const problemsByStatus = (contract: RouteContract): Map<number, ProblemCode[]> =>
  Map.groupBy(problemsOf(contract), (code) => PROBLEMS[code].status);

const successResponse = (
  status: number,
  answer: RouteAnswer,
  examples: Examples,
): ZodOpenApiResponseObject => ({
  description: SUCCESS_DESCRIPTIONS[answer.kind](status),
  headers: headersNamed(answer.kind === 'redirect' ? [...COMMON_HEADERS, 'Location'] : COMMON_HEADERS),
  ...(answer.kind === 'json' && {
    content: {
      'application/json': {
        schema: answer.schema,
        examples: Object.fromEntries(
          Object.entries(examples).flatMap(([name, { summary, answer: example }]) =>
            'body' in example && example.status === status ? [[name, { summary, value: example.body }]] : [],
          ),
        ),
      },
    },
  }),
});

const SUCCESS_DESCRIPTIONS: Readonly<Record<RouteAnswer['kind'], (status: number) => string>> = {
  json: (status) => (status === 201 ? 'Created.' : 'Done.'),
  redirect: () => 'The answer is at the address in the header `Location`.',
  empty: (status) =>
    status === 202 ? 'Accepted; the rest happens shortly after.' : 'Done; there is no body.',
};

const problemResponse = (status: number, codes: readonly ProblemCode[]): ZodOpenApiResponseObject => ({
  description: [
    `${STATUS_CODES[status]}.`,
    ...codes.map((code) => `- \`${code}\`: ${PROBLEMS[code].detail} ${NEXT_STEPS[code]}`),
  ].join('\n'),
  headers: headersNamed([
    ...COMMON_HEADERS,
    ...new Set(codes.flatMap((code) => HEADERS_OF_PROBLEMS[code] ?? [])),
  ]),
  content: {
    'application/problem+json': {
      schema: {
        allOf: [
          { $ref: '#/components/schemas/Problem' },
          { properties: { status: { const: status }, code: { enum: [...codes] } } },
        ],
      },
      examples: Object.fromEntries(
        codes.map((code) => [code, { summary: PROBLEMS[code].title, value: exampleOf(code) }]),
      ),
    },
  },
});

/** `NotReadyOrEmailTaken` */
const nameOf = (codes: readonly ProblemCode[]): string => codes.map(pascalCase).join('Or');

/** `NOT_READY` → `NotReady` */
const pascalCase = (code: string): string =>
  code
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');

const headersNamed = (names: readonly AnswerHeaderName[]): Record<string, { $ref: string }> =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const exampleOf = (code: ProblemCode): Problem => ({
  type: problemType(code),
  title: PROBLEMS[code].title,
  status: PROBLEMS[code].status,
  code,
  detail: PROBLEMS[code].detail,
  correlationId: EXAMPLE_CORRELATION_ID,
  ...(code === 'VALIDATION_FAILED' && {
    errors: [{ path: 'body.email', message: 'Invalid email address' }],
  }),
});
