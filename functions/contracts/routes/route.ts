import type * as z from 'zod';
import type { ProblemCode } from '../problems.ts';

/** The contexts that answer HTTP calls, each with one function. */
export type HttpContext = 'health' | 'auth' | 'upload' | 'download';

export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** `user`: needs a valid access token. `none`: open to everyone. */
export type Access = 'user' | 'none';

/** One kind of successful response. */
export type RouteAnswer =
  | {
      readonly kind: 'json';
      readonly schema: z.ZodType;
      /** Headers of every such response, with names in lower case. */
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The header `location` contains the target. */
  | { readonly kind: 'redirect' }
  | { readonly kind: 'empty' };

/** A response whose body matches this schema. */
export const json = <const Schema extends z.ZodType>(
  schema: Schema,
  headers: Readonly<Record<string, string>> = {},
) => ({ kind: 'json', schema, headers }) as const;
export const REDIRECT = { kind: 'redirect' } as const;
export const EMPTY = { kind: 'empty' } as const;

/** The parts of a request that a route reads. Header names are in lower case. */
interface InputShape {
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
}

/** One operation of the API in machine-readable form. Its texts for people are in `route-texts.ts`. */
export interface RouteContract {
  readonly method: HttpMethod;
  /** In API Gateway's format: `/videos/{id}`. */
  readonly path: `/${string}`;
  readonly context: HttpContext;
  readonly auth: Access;
  readonly input: z.ZodObject<Readonly<Record<string, z.ZodType>>> & { readonly shape: InputShape };
  /** By HTTP status; at most one of each kind. */
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  /** The problem codes of this route, in addition to those that `problemsOf` derives from the rest of the contract. */
  readonly problems: readonly ProblemCode[];
}

/** By operation id. */
export type RouteContracts = Readonly<Record<string, RouteContract>>;

/** Codes that every route may return: for our own errors, and for requests that API Gateway refuses. */
export const PROBLEMS_OF_ALL = [
  'VALIDATION_FAILED',
  'FORBIDDEN',
  'TOO_MANY_REQUESTS',
  'INTERNAL',
  'UNAVAILABLE',
] as const satisfies readonly ProblemCode[];

/** Codes of routes that need an access token. */
export const PROBLEMS_OF_USERS = ['UNAUTHENTICATED'] as const satisfies readonly ProblemCode[];

/** Codes of routes that read a body. */
export const PROBLEMS_OF_BODIES = [
  'MALFORMED_JSON',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
] as const satisfies readonly ProblemCode[];

/** All codes that a route may return. */
export const problemsOf = ({ auth, input, problems }: RouteContract): readonly ProblemCode[] => [
  ...PROBLEMS_OF_ALL,
  ...(auth === 'user' ? PROBLEMS_OF_USERS : []),
  ...(input.shape.body === undefined ? [] : PROBLEMS_OF_BODIES),
  ...problems,
];
