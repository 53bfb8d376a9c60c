import type { Fetch } from '../../client/index.ts';
import type { AnswerLog } from './answers.ts';

/** One request and the status of its answer, before the client decides about a retry. */
export interface SeenAnswer {
  /** Method and path, ids left in. */
  readonly call: string;
  readonly hasAccessToken: boolean;
  /** Undefined where there was no answer. */
  readonly status: number | undefined;
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/**
 * A `fetch` that counts every answer of the API and the storage, also the ones after which the client retries.
 *
 * @param root of the API, without a slash at its end
 * @param onAnswer is called after each request
 */
export const recordedFetch =
  (root: string, answers: AnswerLog, onAnswer: (answer: SeenAnswer) => void): Fetch =>
  async (url, init) => {
    const call = url.startsWith(root)
      ? `${init?.method ?? 'GET'} ${url.slice(root.length)}`
      : 'POST of a form';
    const hasAccessToken = new Headers(init?.headers).has('authorization');
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, init);
      text = await response.text();
    } catch (error) {
      answers.noteNone();
      onAnswer({ call, hasAccessToken, status: undefined });
      throw error;
    }
    const { status, headers } = response;
    answers.note({
      ...{ call: call.replaceAll(UUID, '{id}'), status, text },
      ...{ retryAfter: headers.get('retry-after'), correlationId: headers.get('x-correlation-id') },
    });
    onAnswer({ call, hasAccessToken, status });
    // A 204 must have no body, not even an empty one.
    return new Response(text === '' ? null : text, { status, headers });
  };
