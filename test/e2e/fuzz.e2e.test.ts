import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { CreatedVideo, TokenPair } from '../../functions/contracts/http.ts';
import { Problem } from '../../functions/contracts/problem.ts';
import { requireDocumented } from '../support/documented-answers.ts';
import { DOCUMENTED_OPERATIONS, documentedOperationOf } from '../support/documented-operations.ts';
import { type FuzzKnowledge, type FuzzRequest, fuzzRequests } from '../support/fuzz-requests.ts';

/** Calls per operation. `FUZZ_RUNS=2000 FUZZ_SEED=7 npx vitest run --project e2e test/e2e/fuzz.e2e.test.ts` takes longer. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 40);
const SEED = Number(process.env.FUZZ_SEED ?? 1);

describe('Calls made up from the OpenAPI document', () => {
  const { url } = inject('stack');
  const account = { email: `${randomUUID()}@example.com`, password: `pass-${randomUUID()}` };
  let known: FuzzKnowledge;

  const post = (path: string, body: unknown, token?: string): Promise<Response> =>
    fetch(new URL(path, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });

  const logIn = async (): Promise<TokenPair> =>
    TokenPair.parse(await (await post('/auth/login', account)).json());

  const createVideo = async (fileName: string, accessToken: string): Promise<string> => {
    const answer = await post('/videos', { fileName, sizeBytes: 1000 }, accessToken);
    return CreatedVideo.parse(await answer.json()).id;
  };

  beforeAll(async () => {
    await post('/auth/register', account);
  });

  // For each operation anew: made-up calls delete videos and end the session of the refresh token that they know.
  beforeEach(async () => {
    const { accessToken } = await logIn();
    const { refreshToken } = await logIn();
    const names = ['a.mp4', 'b.mov', 'c.mkv'];
    const videoIds = await Promise.all(names.map((name) => createVideo(name, accessToken)));
    known = { accessToken, refreshToken, videoIds };
  });

  const send = ({ method, target, headers, body }: FuzzRequest): Promise<Response> =>
    fetch(`${url}${target}`, {
      method,
      headers: present(headers),
      redirect: 'manual',
      ...(body !== undefined && { body }),
    });

  it.each(DOCUMENTED_OPERATIONS.map((operation) => [operation.id, operation] as const))(
    '%s answers each of them as documented, and none with 5xx',
    async (_id, operation) => {
      await fc.assert(
        fc.asyncProperty(fuzzRequests(operation, known), async (request) => {
          const response = await send(request);
          expect(response.status).toBeLessThan(500);
          // A path can become another one on its way: `..` is resolved by the sender.
          const { pathname } = new URL(`${url}${request.target}`);
          const reached = documentedOperationOf(request.method, pathname);
          if (reached === undefined)
            expect(Problem.parse(await response.json()).status).toBe(response.status);
          else await requireDocumented(reached, response);
        }),
        { numRuns: RUNS, seed: SEED },
      );
    },
  );
});

const present = (headers: FuzzRequest['headers']): [string, string][] =>
  Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
