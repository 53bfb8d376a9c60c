import { ask } from './ask.ts';
import { FrameFlowError } from './errors.ts';
import { OPERATIONS } from './operations.ts';
import { patiently } from './retry.ts';
import type { Session } from './session.ts';
import type { Transport } from './transport.ts';
import type { AnswerOf, KeyedCallOptions, OperationId } from './types.ts';

export interface CallServices {
  /** The API's address, without a slash at its end. */
  readonly root: string;
  readonly transport: Transport;
  readonly session: Session;
}

/** Carries out one operation and repeats it where that is allowed. @throws FrameFlowError; the signal's reason */
export const carryOut = async <Id extends OperationId>(
  { root, transport, session }: CallServices,
  operation: Id,
  input: object,
  options: KeyedCallOptions,
): Promise<AnswerOf<Id>> => {
  const [access, method, path, status, repetition] = OPERATIONS[operation];
  const { signal, timeoutMilliseconds, patienceMilliseconds } = options;
  const { url, body } = requestOf(root, method, path, input);
  const headers = {
    accept: 'application/json',
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(repetition === 'keyed' && { 'idempotency-key': options.idempotencyKey ?? newKey() }),
  };
  let isUncertain = false;
  const send = async (authorization?: { readonly authorization: string }): Promise<string> => {
    try {
      const init = { method, headers: { ...headers, ...authorization }, ...(body !== undefined && { body }) };
      return await ask(transport, { operation, url, init, status, signal, timeoutMilliseconds, isUncertain });
    } catch (error) {
      isUncertain ||= error instanceof FrameFlowError && error.isUncertain;
      throw error;
    }
  };
  const sendAsUser = async (): Promise<string> => {
    const { accessToken } = await session.usable(signal);
    try {
      return await send(bearer(accessToken));
    } catch (error) {
      if (!hasStatus(error, 401)) throw error;
      return send(bearer((await session.renew(accessToken, signal)).accessToken));
    }
  };
  const attempt = async (): Promise<string> => {
    try {
      return await (access === 'user' ? sendAsUser() : send());
    } catch (error) {
      // An earlier try, whose answer was lost, has deleted it.
      if (method === 'DELETE' && isUncertain && hasStatus(error, 404)) return '';
      throw error;
    }
  };
  const repeats = (error: FrameFlowError): boolean =>
    repetition !== 'unless-throttled' || error.status !== 429;
  return parse(operation, await patiently(transport, { signal, patienceMilliseconds, repeats }, attempt));
};

const hasStatus = (error: unknown, status: number): boolean =>
  error instanceof FrameFlowError && error.status === status;

const bearer = (accessToken: string) => ({ authorization: `Bearer ${accessToken}` });

/** Puts each field of the input where the operation has it: into the path, then into the query or the body. */
const requestOf = (root: string, method: string, path: string, input: object) => {
  const fields = new Map<string, unknown>(Object.entries(input));
  const place = path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = String(fields.get(name));
    fields.delete(name);
    return encodeURIComponent(value);
  });
  if (method === 'POST' || method === 'PATCH') {
    return { url: root + place, body: JSON.stringify(Object.fromEntries(fields)) };
  }
  const query = new URLSearchParams();
  for (const [name, value] of fields) if (value !== undefined) query.set(name, String(value));
  return { url: root + place + (query.size > 0 ? `?${query}` : ''), body: undefined };
};

/** An Idempotency-Key of 128 random bits. `crypto.randomUUID` is missing in pages from http. */
const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );

/**
 * The answer's body; undefined where it is empty. The client has no schemas, so it trusts the server to answer what the
 * registry says. The handlers and the end-to-end tests check that.
 *
 * @throws FrameFlowError UNEXPECTED_ANSWER
 */
const parse = <Id extends OperationId>(operation: Id, text: string): AnswerOf<Id> => {
  try {
    return JSON.parse(`[${text}]`)[0];
  } catch (cause) {
    const detail = 'The service gave an answer that is not JSON.';
    throw new FrameFlowError({ code: 'UNEXPECTED_ANSWER', detail, operation, cause });
  }
};
