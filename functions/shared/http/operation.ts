import type * as z from 'zod';
import type { CorrelationId } from '../../contracts/ids.ts';
import type { RouteAnswer, RouteContract, RouteContracts } from '../../contracts/routes/route.ts';
import type { Caller } from './request.ts';

/** The data of a call in addition to its parsed input. */
export interface Call {
  readonly sourceIp: string;
  readonly correlationId: CorrelationId;
}

/** A call by a user whose access token was checked. */
export interface UserCall extends Call {
  readonly caller: Caller;
}

/** The call that an operation gets, by the access in its contract. */
export interface CallByAccess {
  readonly user: UserCall;
  readonly none: Call;
}

/** A redirect instead of a response body. */
export class Redirect {
  readonly location: string;
  constructor(location: string) {
    this.location = location;
  }
}

type OutputOf<Answer extends RouteAnswer> = Answer extends {
  kind: 'json';
  schema: infer Schema extends z.ZodType;
}
  ? z.input<Schema>
  : Answer extends { kind: 'redirect' }
    ? Redirect
    : // biome-ignore lint/suspicious/noConfusingVoidType: the operation returns nothing
      void;

/** The return type of an operation: the body, a redirect, or nothing. */
export type OperationOutput<Contract extends RouteContract> = OutputOf<
  Contract['answers'][keyof Contract['answers']] & RouteAnswer
>;

/** Implements the route of this contract. */
export type Operation<Contract extends RouteContract, Services> = (
  input: z.output<Contract['input']>,
  services: Services,
  call: CallByAccess[Contract['auth']],
) => Promise<OperationOutput<Contract>>;

/** Exactly one operation for each contract. */
export type Operations<Contracts extends RouteContracts, Services> = {
  readonly [Id in keyof Contracts]: Operation<Contracts[Id], Services>;
};
