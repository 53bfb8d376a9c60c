import type * as z from 'zod';
import type { ProblemCode } from '../problems.ts';

/** The contexts that answer HTTP calls, each by one function. */
export type HttpContext = 'health' | 'auth' | 'upload' | 'download';

export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** `user`: a valid access token is needed. `none`: the call is open to all. */
export type Access = 'user' | 'none';

/** One kind of successful answer. */
export type RouteAnswer =
  | {
      readonly kind: 'json';
      readonly schema: z.ZodType;
      /** Headers of every such answer, names in lower case. */
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The header `location` says where the answer is. */
  | { readonly kind: 'redirect' }
  | { readonly kind: 'empty' };

/** A body of this schema. */
export const json = <const Schema extends z.ZodType>(
  schema: Schema,
  headers: Readonly<Record<string, string>> = {},
) => ({ kind: 'json', schema, headers }) as const;
export const REDIRECT = { kind: 'redirect' } as const;
export const EMPTY = { kind: 'empty' } as const;

/** What a route reads of a request. Header names are in lower case. */
interface InputShape {
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
}

/** One operation of the API, as machines need it. What people read of it is in `route-texts.ts`. */
export interface RouteContract {
  readonly method: HttpMethod;
  /** As API Gateway writes it: `/videos/{id}`. */
  readonly path: `/${string}`;
  readonly context: HttpContext;
  readonly auth: Access;
  readonly input: z.ZodObject<Readonly<Record<string, z.ZodType>>> & { readonly shape: InputShape };
  /** By HTTP status; at most one of each kind. */
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  /** The codes that it may answer beyond those that `problemsOf` derives from the rest of the contract. */
  readonly problems: readonly ProblemCode[];
}

/** By operation id. */
export type RouteContracts = Readonly<Record<string, RouteContract>>;

/** Codes that every route may answer: of our own faults, and of API Gateway, which may refuse any request. */
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

/** Every code that a route may answer. */
export const problemsOf = ({ auth, input, problems }: RouteContract): readonly ProblemCode[] => [
  ...PROBLEMS_OF_ALL,
  ...(auth === 'user' ? PROBLEMS_OF_USERS : []),
  ...(input.shape.body === undefined ? [] : PROBLEMS_OF_BODIES),
  ...problems,
];
