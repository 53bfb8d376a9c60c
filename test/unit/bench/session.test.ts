import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AnswerLog } from '../../../bench/load/answers.ts';
import { Session } from '../../../bench/load/session.ts';

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

const PROFILE = {
  ...{ id: '01890000-0000-7000-8000-000000000001', email: 'a@example.com', name: null },
  createdAt: '2026-01-01T00:00:00Z',
};
const EXPIRES_IN_SECONDS = 900;

let server: Server;
let session: Session;
/** The calls in order of arrival: each a path and the token in the request. */
let calls: string[];
/** Answers to the next refreshes, instead of new tokens; `hang up` breaks the connection. */
let refreshAnswers: (Answer | 'hang up')[];
/** Answers to the next calls with an access token, instead of the profile. */
let profileAnswers: Answer[];
let issued: number;
let expiresIn: number;

const tokens = (): Answer => {
  issued += 1;
  const [accessToken, refreshToken] = [`access-${issued}`, `refresh-${issued}`];
  return { status: 200, body: { accessToken, refreshToken, tokenType: 'Bearer', expiresIn } };
};

const answerTo = (path: string): Answer | 'hang up' => {
  switch (path) {
    case '/auth/register':
      return { status: 201, body: PROFILE };
    case '/auth/login':
      return tokens();
    case '/auth/refresh':
      return refreshAnswers.shift() ?? tokens();
    default:
      return profileAnswers.shift() ?? { status: 200, body: PROFILE };
  }
};

const read = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
};

beforeEach(async () => {
  [calls, refreshAnswers, profileAnswers, issued, expiresIn] = [[], [], [], 0, EXPIRES_IN_SECONDS];
  server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const refreshToken = /refresh-\d+/.exec(await read(request))?.[0];
    calls.push(`${path} ${refreshToken ?? request.headers.authorization ?? ''}`.trim());
    const answer = answerTo(path);
    if (answer === 'hang up') return void response.destroy();
    response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  session = new Session(`http://127.0.0.1:${address.port}`, new AnswerLog());
  await session.register();
  calls = [];
});
afterEach(() => server.close());

const getProfile = () => session.authorized((client) => client.getProfile());

describe('the session of a client under load', () => {
  it('repeats an unanswered refresh with the same token and is not lost', async () => {
    refreshAnswers = ['hang up', { status: 503, headers: { 'retry-after': '0' } }];
    await session.refresh();
    expect(calls).toEqual(['/auth/refresh refresh-1', '/auth/refresh refresh-1', '/auth/refresh refresh-1']);
    await getProfile();
    await session.refresh();
    expect(calls.slice(3)).toEqual(['/auth/me Bearer access-2', '/auth/refresh refresh-2']);
    expect([session.lost, session.refreshes]).toEqual([[], 2]);
  });

  it('is lost once when a refresh is refused, and the client logs in again', async () => {
    refreshAnswers = [{ status: 401 }];
    await Promise.all([session.refresh(), session.refresh()]);
    expect(session.lost).toEqual([expect.stringContaining('refused at try 1')]);
    expect(calls).toEqual(['/auth/refresh refresh-1', '/auth/login']);
    await getProfile();
    expect(calls.at(-1)).toBe('/auth/me Bearer access-2');
    expect(session.lost).toHaveLength(1);
  });

  it('is lost once when several calls get 401 for a token that has not expired', async () => {
    profileAnswers = [{ status: 401 }, { status: 401 }, { status: 401 }];
    await Promise.all([getProfile(), getProfile(), getProfile()]);
    expect(session.lost).toEqual([expect.stringContaining('GET /auth/me answered 401')]);
    expect(calls.filter((call) => call === '/auth/login')).toHaveLength(1);
  });

  it('refreshes before it uses a token that is about to expire', async () => {
    expiresIn = 10;
    await session.refresh();
    expiresIn = EXPIRES_IN_SECONDS;
    await getProfile();
    expect(calls.slice(1)).toEqual(['/auth/refresh refresh-2', '/auth/me Bearer access-3']);
  });
});
