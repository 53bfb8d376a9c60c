import * as z from 'zod';
import type { InvokeFunction } from '../lambda/invoke.ts';
import type { ApiModel, AuthorizerModel } from '../template/model.ts';
import { authorizerRequestEvent, type CallerContext, methodArn } from './event.ts';
import type { GatewayFailure } from './gateway-responses.ts';
import { allowsInvoke, PolicyDocument } from './policy.ts';
import { type ApiRequest, headerOf } from './request.ts';
import type { RouteMatch } from './router.ts';

const Answer = z.object({
  principalId: z.string(),
  policyDocument: PolicyDocument,
  context: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .nullish()
    .transform((context) => context ?? {}),
});
type Answer = z.infer<typeof Answer>;

/** The caller, or the reason why the call is refused. */
export type Authorization =
  | { readonly kind: 'allowed'; readonly caller: CallerContext }
  | { readonly kind: 'refused'; readonly failure: GatewayFailure };

/** Maximum number of cached answers: it bounds the memory. API Gateway caches at least as many. */
const MAX_CACHED = 10_000;

/** The Lambda authorizers of one API, with a cache of their answers. */
export class Authorizers {
  readonly #api: ApiModel;
  readonly #invoke: InvokeFunction;
  readonly #now: () => number;
  readonly #cache = new Map<string, { readonly answer: Answer; readonly expiresAt: number }>();

  /** @param now the current time in milliseconds since 1970 */
  constructor(api: ApiModel, invoke: InvokeFunction, now: () => number) {
    this.#api = api;
    this.#invoke = invoke;
    this.#now = now;
  }

  /** Asks the cache, then the authorizer, whether the call is allowed. */
  async authorize(
    authorizer: AuthorizerModel,
    request: ApiRequest,
    match: RouteMatch,
  ): Promise<Authorization> {
    const values = authorizer.identitySources.map((source) => sourceValue(source, request, match));
    if (values.some((value) => value === undefined || value === '')) return refused('UNAUTHORIZED');
    const [token = ''] = values;
    const { validationExpression } = authorizer;
    if (authorizer.type === 'TOKEN' && validationExpression !== undefined) {
      if (!new RegExp(`^(?:${validationExpression})$`).test(token)) return refused('UNAUTHORIZED');
    }
    const cacheable = authorizer.ttlSeconds > 0 && values.length > 0;
    const key = JSON.stringify([authorizer.logicalId, ...values]);
    const cached = cacheable ? this.#cached(key) : undefined;
    const answer = cached ?? (await this.#ask(authorizer, token, request, match));
    if ('failure' in answer) return answer;
    if (cacheable && cached === undefined) this.#keep(key, answer, authorizer.ttlSeconds);
    if (!allowsInvoke(answer.policyDocument, methodArn(this.#api, request))) return refused('ACCESS_DENIED');
    const callerValues = Object.entries(answer.context).flatMap(([name, value]) =>
      value === null ? [] : [[name, String(value)]],
    );
    return {
      kind: 'allowed',
      caller: { principalId: answer.principalId, values: Object.fromEntries(callerValues) },
    };
  }

  async #ask(
    authorizer: AuthorizerModel,
    token: string,
    request: ApiRequest,
    match: RouteMatch,
  ): Promise<Answer | Extract<Authorization, { kind: 'refused' }>> {
    const event =
      authorizer.type === 'TOKEN'
        ? { type: 'TOKEN', methodArn: methodArn(this.#api, request), authorizationToken: token }
        : authorizerRequestEvent(this.#api, request, match);
    const result = await this.#invoke(authorizer.functionArn, JSON.stringify(event));
    if (result.kind === 'throttled') return { kind: 'refused', failure: { type: 'THROTTLED' } };
    if (result.kind === 'error') {
      const type = result.error.errorMessage === 'Unauthorized' ? 'UNAUTHORIZED' : 'AUTHORIZER_FAILURE';
      return { kind: 'refused', failure: { type } };
    }
    const answer = Answer.safeParse(JSON.parse(result.payload));
    if (answer.success) return answer.data;
    return { kind: 'refused', failure: { type: 'AUTHORIZER_CONFIGURATION_ERROR' } };
  }

  #cached(key: string): Answer | undefined {
    const entry = this.#cache.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAt > this.#now()) return entry.answer;
    this.#cache.delete(key);
    return undefined;
  }

  #keep(key: string, answer: Answer, ttlSeconds: number): void {
    const [oldest] = this.#cache.keys();
    if (this.#cache.size >= MAX_CACHED && oldest !== undefined) this.#cache.delete(oldest);
    this.#cache.set(key, { answer, expiresAt: this.#now() + ttlSeconds * 1000 });
  }
}

const sourceValue = (source: string, request: ApiRequest, match: RouteMatch): string | undefined => {
  const [, , place, ...rest] = source.split('.');
  const name = rest.join('.');
  if (place === 'header') return headerOf(request, name);
  if (place === 'querystring') return request.query.get(name) ?? undefined;
  if (place === 'path') return match.pathParameters[name];
  return undefined;
};

const refused = (type: GatewayFailure['type']): Authorization => ({ kind: 'refused', failure: { type } });
