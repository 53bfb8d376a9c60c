import type * as z from 'zod';
import type { CorrelationId } from '../../contracts/ids.ts';
import type { RouteAnswer, RouteContract, RouteContracts } from '../../contracts/routes/route.ts';
import type { Caller } from './request.ts';

/** What an operation may know of a call beyond its parsed input. */
export interface Call {
  readonly sourceIp: string;
  readonly correlationId: CorrelationId;
}

/** A call by a user whose access token was checked. */
export interface UserCall extends Call {
  readonly caller: Caller;
}

/** The call that an operation gets, by the access that its contract asks for. */
export interface CallByAccess {
  readonly user: UserCall;
  readonly none: Call;
}

/** An answer that points elsewhere instead of carrying a body. */
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

/** What an operation of this contract returns: the body, a redirect, or nothing. */
export type OperationOutput<Contract extends RouteContract> = OutputOf<
  Contract['answers'][keyof Contract['answers']] & RouteAnswer
>;

/** What a context does when the route of this contract is called. */
export type Operation<Contract extends RouteContract, Services> = (
  input: z.output<Contract['input']>,
  services: Services,
  call: CallByAccess[Contract['auth']],
) => Promise<OperationOutput<Contract>>;

/** One operation for each contract, no more and no fewer. */
export type Operations<Contracts extends RouteContracts, Services> = {
  readonly [Id in keyof Contracts]: Operation<Contracts[Id], Services>;
};
