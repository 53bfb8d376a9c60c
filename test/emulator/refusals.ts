import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { decodeJwt } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { apiEvent } from '../support/api-event.ts';
import { ApiUser } from '../support/api-user.ts';
import { partsOf, refusedTokens, type TokenWorkshop } from '../support/auth/refused-tokens.ts';
import { ed25519, forge } from '../support/auth/tokens.ts';
import { clip } from '../support/clips.ts';
import { postForm } from '../support/post-form.ts';
import { routesOfVideo } from '../support/video-routes.ts';
import type { Stage } from './stage.ts';

const MEBIBYTE = 1024 * 1024;
const Answer = z.object({ statusCode: z.number(), body: z.string() });
const Claims = z.object({ sub: z.string(), sid: z.string() });

const claimsOf = (client: ApiUser) => Claims.parse(decodeJwt(client.accessToken ?? ''));

/** Refusals by the gateway with its authorizer, by the function itself, and by the storage. */
export const testRefusals = (stage: () => Stage): void => {
  const workshop = (): TokenWorkshop => {
    const { user, testKey } = stage();
    const { sub: userId, sid: sessionId } = claimsOf(user);
    const { header, claims } = parts;
    return {
      ...testKey,
      userId,
      sessionId,
      now: () => new Date(),
      issue: async () => forge(header(), claims(), ed25519(testKey.privateKey)),
    };
  };
  const parts = partsOf(workshop);
  const token = (changes: Record<string, unknown>): string =>
    parts.signed(parts.header(), parts.claims(changes));
  const throughGateway = (headers: Record<string, string>) =>
    fetch(new URL('./videos', stage().apiUrl), { headers });

  let stranger: ApiUser;
  beforeAll(async () => {
    stranger = await ApiUser.register(stage().apiUrl);
  });

  test('a token signed with the key of the forgeries below is accepted', async () => {
    expect((await throughGateway({ authorization: `Bearer ${token({})}` })).status).toBe(200);
    expect(await invoke(stage(), `Bearer ${token({})}`)).toMatchObject({ statusCode: 200 });
  });

  test.each<[string, () => string | undefined]>([
    ['no token', () => undefined],
    ['a scheme without a token', () => 'Bearer'],
    ['a token of three words', () => 'Bearer a.b.c'],
    ['an expired token', () => `Bearer ${token({ iat: parts.seconds() - 910, exp: parts.seconds() - 10 })}`],
    [
      'a token signed with a foreign key',
      () =>
        `Bearer ${forge(parts.header(), parts.claims(), ed25519(generateKeyPairSync('ed25519').privateKey))}`,
    ],
    ['a token of another issuer', () => `Bearer ${token({ iss: 'https://attacker.example' })}`],
    ['a token of another session', () => `Bearer ${token({ sid: randomUUID() })}`],
    ['a token with a forged signature', () => `Bearer ${stage().user.accessToken?.slice(0, -6)}AAAAAA`],
  ])('the gateway answers %s with 401', async (_what, authorization) => {
    const value = authorization();
    const response = await throughGateway(value === undefined ? {} : { authorization: value });
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test.each(refusedTokens(workshop))(
    'the function, invoked without the gateway but with a user, refuses %s',
    async (_what, authorization) => {
      const answer = await invoke(stage(), await authorization());
      expect(answer.statusCode).toBe(401);
      expect(JSON.parse(answer.body)).toMatchObject({ code: 'UNAUTHENTICATED' });
    },
  );

  test("another user's video is not found on any route", async () => {
    const { user } = stage();
    const id = await user.uploadFile(await clip('short.mp4'));
    await user.untilStatus(id, ['READY']);
    for (const [method, path] of routesOfVideo(id)) {
      expect(await stranger.problem(method, path), `${method} ${path}`).toMatchObject({
        ...{ status: 404, code: 'VIDEO_NOT_FOUND' },
      });
    }
    expect(await user.client.getVideo({ id })).toMatchObject({ status: 'READY' });
  });

  test('a file that is too large or of another kind is refused before the upload', async () => {
    const refusal = (fileName: string, sizeBytes: number) =>
      stranger.problem('POST', '/videos', { body: { fileName, sizeBytes } });
    expect(await refusal('long.mp4', 101 * MEBIBYTE)).toMatchObject({ status: 413, code: 'FILE_TOO_LARGE' });
    expect(await refusal('notes.txt', 1000)).toMatchObject({ status: 415, code: 'UNSUPPORTED_EXTENSION' });
  });

  test('a file larger than declared and a form for another key are refused by the storage', async () => {
    const { upload, id } = await stranger.client.createVideo({ fileName: 'a.mp4', sizeBytes: 1000 });
    const larger = await postForm(upload, new Blob([new Uint8Array(1001)]));
    expect([larger.status, await larger.text()]).toEqual([400, expect.stringContaining('EntityTooLarge')]);
    const key = (upload.fields.key ?? '').replace(id, randomUUID());
    const other = await postForm(
      { ...upload, fields: { ...upload.fields, key } },
      new Blob([new Uint8Array(1000)]),
    );
    expect(other.status).toBe(403);
    expect(await stranger.client.getVideo({ id })).toMatchObject({ status: 'AWAITING_UPLOAD' });
  });
};

/** Calls upload's HTTP function as the gateway would, with the user that an authorizer would establish. */
const invoke = async ({ clients, names, user }: Stage, authorization: string) => {
  const { sub: userId, sid: sessionId } = claimsOf(user);
  const event = apiEvent({
    method: 'GET',
    path: '/videos',
    headers: { Authorization: authorization },
    userId,
    sessionId,
  });
  const { Payload, FunctionError } = await clients.lambda.send(
    new InvokeCommand({ FunctionName: names.nameOf('Upload/Http'), Payload: JSON.stringify(event) }),
  );
  const text = Buffer.from(Payload ?? []).toString('utf8');
  if (FunctionError) throw new Error(`The function failed: ${text}`);
  return Answer.parse(JSON.parse(text));
};
