import { describe, expect, it } from 'vitest';
import { ROUTE_EXAMPLES } from '../../../functions/contracts/route-examples.ts';
import { documentedFetch } from '../../support/documented-answers.ts';

const API = 'https://api.example/dev';
const video = ROUTE_EXAMPLES.getVideo.ready?.answer;
const body = video !== undefined && 'body' in video ? video.body : {};
const path = '/videos/019a6f10-9d0b-7e4a-8c53-5b1d6c0f4e21';

/** The complaints about an answer. */
const complaintsAbout = async (
  response: Response,
  { method = 'GET', url = `${API}${path}` } = {},
): Promise<string> => {
  const complaints: string[] = [];
  const fetch = documentedFetch(
    API,
    async () => response,
    ({ message }) => complaints.push(message),
  );
  expect(await fetch(url, { method })).toBe(response);
  return complaints.join('\n');
};

const answer = (status: number, content: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(content), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });

const problem = (status: number, code: string, headers: Record<string, string> = {}): Response =>
  answer(
    status,
    { type: `/docs/problems#${code}`, title: 'A problem', status, code },
    { 'content-type': 'application/problem+json', ...headers },
  );

describe('An answer that the document allows passes', () => {
  it.each([
    ['a body', answer(200, body)],
    [
      'headers of the connection',
      answer(200, body, { date: 'now', vary: 'Origin', 'x-amzn-requestid': 'x' }),
    ],
    ['a problem of the operation', problem(404, 'VIDEO_NOT_FOUND')],
    ['a problem with its header', problem(503, 'UNAVAILABLE', { 'retry-after': '5' })],
  ])('%s', async (_name, response) => expect(await complaintsAbout(response)).toBe(''));

  it('no body where there is none', async () =>
    expect(await complaintsAbout(new Response(null, { status: 202 }), { method: 'DELETE' })).toBe(''));
});

describe('An answer is undocumented with', () => {
  it.each<[string, Response, RegExp]>([
    ['another status', answer(418, body), /no such status/],
    ['a field too few', answer(200, { ...body, status: undefined }), /required property 'status'/],
    ['a field too many', answer(200, { ...body, secret: 1 }), /additional properties/],
    [
      'a nested field too many',
      answer(200, { ...body, progress: { framesDone: 1, framesExpected: 2, x: 1 } }),
      /additional/,
    ],
    ['a field of another type', answer(200, { ...body, sizeBytes: '7' }), /sizeBytes must be integer/],
    ['another content type', answer(200, body, { 'content-type': 'text/html' }), /content type text\/html/],
    ['no JSON', new Response('<', { headers: { 'content-type': 'application/json' } }), /not JSON/],
    ['another header', answer(200, body, { 'x-powered-by': 'a' }), /x-powered-by is not documented/],
    ["another operation's problem", problem(404, 'NOT_FOUND'), /allowed values/],
    ["another status's problem", problem(404, 'UNAUTHENTICATED'), /allowed values/],
    ['an unknown problem', problem(404, 'GONE_FISHING'), /allowed values/],
    ['Retry-After missing', problem(503, 'UNAVAILABLE'), /retry-after is missing/],
    ['Retry-After as a date', problem(503, 'UNAVAILABLE', { 'retry-after': 'soon' }), /must be integer/],
  ])('%s', async (_name, response, complaint) => expect(await complaintsAbout(response)).toMatch(complaint));

  it('a body where there is none', async () =>
    expect(await complaintsAbout(answer(202, {}), { method: 'DELETE' })).toMatch(/body is not documented/));
});

it.each([
  { url: 'https://storage.example/videos/1' },
  { url: `${API}/nothing/here` },
  { url: `${API}${path}`, method: 'OPTIONS' },
])('An answer to $url is not a matter of the document', async (call) =>
  expect(await complaintsAbout(answer(418, {}), call)).toBe(''),
);
