import type * as z from 'zod';
import type { OperationId, ROUTES } from '../functions/contracts/routes.ts';

/* The types of the client's methods, inferred from the registry of routes. The client imports nothing else of it. */

export type { OperationId };

export type Contract<Id extends OperationId> = (typeof ROUTES)[Id];

/** A part of a request as a client writes it; empty where the operation does not have that part. */
type Part<Id extends OperationId, Name extends string> =
  Contract<Id>['input'] extends z.ZodType<infer Output, infer Input>
    ? Known<Member<Input, Name>, Member<Output, Name>>
    : never;

/** An object without fields is a record of `never` to zod: it has every name. */
type Member<Of, Name extends string> = string extends keyof Of
  ? unknown
  : Name extends keyof Of
    ? Of[Name]
    : unknown;

/** A coerced field takes anything as its input, so the client asks for the type that it is coerced to. */
type Known<Input, Output> = {
  [Key in keyof Input]: unknown extends Input[Key]
    ? (Key extends keyof Output ? Output[Key] : never) | undefined
    : Input[Key];
};

type Fields<Id extends OperationId> = Part<Id, 'params'> & Part<Id, 'query'> & Part<Id, 'body'>;

/** The input of a call in one object: the parameters of the path, and the query or the body. */
export type InputOf<Id extends OperationId> = keyof Fields<Id> extends never
  ? Readonly<Record<string, never>>
  : { readonly [Key in keyof Fields<Id>]: Fields<Id>[Key] };

type Answers<Id extends OperationId> = Contract<Id>['answers'];

type StatusOfKind<Id extends OperationId, Kind> = {
  [Status in keyof Answers<Id>]: Answers<Id>[Status] extends { readonly kind: Kind } ? Status : never;
}[keyof Answers<Id>];

/** The status that the client expects: of the JSON answer where there is one, else of the empty answer. */
export type StatusOf<Id extends OperationId> =
  StatusOfKind<Id, 'json'> extends never ? StatusOfKind<Id, 'empty'> : StatusOfKind<Id, 'json'>;

/** The answer of a call; undefined where the body is empty. */
export type AnswerOf<Id extends OperationId> = Answers<Id>[StatusOf<Id>] extends {
  readonly schema: infer Schema extends z.ZodType;
}
  ? z.output<Schema>
  : undefined;

/** Whether the operation takes an Idempotency-Key. */
type IsKeyed<Id extends OperationId> =
  Contract<Id>['input'] extends z.ZodType<{ readonly headers: { 'idempotency-key'?: unknown } }>
    ? true
    : false;

/**
 * How the client repeats a call after a lost answer.
 * `keyed`: with one Idempotency-Key for all tries. `repeatable`: unchanged, because a second try does no harm.
 * `unless-throttled`: like `repeatable`, but the caller gets a 429 at once.
 */
export type Repetition<Id extends OperationId> = Contract<Id>['method'] extends 'GET' | 'DELETE'
  ? 'repeatable'
  : IsKeyed<Id> extends true
    ? 'keyed'
    : 'repeatable' | 'unless-throttled';

/** Options of one call. */
export interface CallOptions {
  /** Ends the call; it then throws the signal's reason, by default an AbortError. */
  readonly signal?: AbortSignal | undefined;
  /** Time limit of one try, in milliseconds. @default the client's */
  readonly timeoutMilliseconds?: number | undefined;
  /** How long the client repeats the call, in milliseconds; 0: never. @default the client's */
  readonly patienceMilliseconds?: number | undefined;
}

/** Options of a call that creates something. */
export interface KeyedCallOptions extends CallOptions {
  /**
   * Names the creation: a later call with the same key and the same input creates nothing new.
   * @default a new key for each call
   */
  readonly idempotencyKey?: string | undefined;
}

type OptionsOf<Id extends OperationId> = IsKeyed<Id> extends true ? KeyedCallOptions : CallOptions;

export type ArgumentsOf<Id extends OperationId> =
  Readonly<Record<never, never>> extends InputOf<Id>
    ? [input?: InputOf<Id>, options?: OptionsOf<Id>]
    : [input: InputOf<Id>, options?: OptionsOf<Id>];

/** One method of the client. @throws FrameFlowError; the signal's reason once it is aborted */
export type Method<Id extends OperationId> = (...args: ArgumentsOf<Id>) => Promise<AnswerOf<Id>>;

/** One method for each operation of the API. */
export type Methods = { readonly [Id in OperationId]: Method<Id> };
