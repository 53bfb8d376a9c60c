import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { CreatedVideo, Download, Profile, TokenPair, Video } from '../../functions/contracts/http.ts';
import {
  EXAMPLE_ACCOUNT,
  EXAMPLE_SIZES,
  EXAMPLE_STORAGE,
  EXAMPLE_TOKENS,
  EXAMPLE_VIDEOS,
  ROUTE_EXAMPLES,
  type RouteExample,
} from '../../functions/contracts/route-examples.ts';
import type { RouteContract } from '../../functions/contracts/routes/route.ts';
import { type OperationId, ROUTES } from '../../functions/contracts/routes.ts';
import { type ClipName, clip } from '../support/clips.ts';
import { eventually } from '../support/eventually.ts';
import { differences, ExampleBindings } from '../support/example-answers.ts';
import { postForm } from '../support/post-form.ts';

/** The order in which the examples tell their story: each needs what the ones before it did. */
const STORY = [
  'getHealth.up',
  'getJwks.keys',
  'register.named',
  'register.nameless',
  'login.first',
  'getProfile.own',
  'updateProfile.rename',
  'updateProfile.removeName',
  'createVideo.usual',
  'createVideo.everySecond',
  'listVideos.firstPage',
  'getVideo.ready',
  'getVideo.failed',
  'getTimeline.ready',
  'getDownload.json',
  'getDownload.redirect',
  'listFrames.all',
  'listFrames.firstPage',
  'deleteVideo.delete',
  'login.knownDevice',
  'refresh.renewal',
  'logout.end',
] as const;

const EXAMPLES = new Map(
  Object.entries<Readonly<Record<string, RouteExample<RouteContract>>>>(ROUTE_EXAMPLES).flatMap(
    ([operation, examples]) =>
      Object.entries(examples).map(
        ([name, example]) => [`${operation}.${name}`, { operation, example }] as const,
      ),
  ),
);

const ExampleRequest = z.object({
  params: z.record(z.string(), z.string()).default({}),
  query: z.record(z.string(), z.unknown()).default({}),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.unknown().optional(),
});

const isOperation = (id: string): id is OperationId => Object.hasOwn(ROUTES, id);

describe('The documented examples', () => {
  const bindings = new ExampleBindings();
  const { url } = inject('stack');
  let accessToken = '';

  beforeAll(() => {
    for (const email of EXAMPLE_ACCOUNT.emails) bindings.bind(email, `${randomUUID()}@example.com`);
  });

  const upload = async (name: ClipName, size: number, form: CreatedVideo['upload']): Promise<void> => {
    const response = await postForm(form, await openAsBlob(await clip(name)));
    expect(response.status, `the upload of ${size} bytes`).toBe(204);
  };

  const untilOver = (id: string): Promise<string> =>
    eventually(
      `video ${id} to be over`,
      async () => {
        const answer = await fetch(new URL(`/videos/${id}`, url), {
          headers: { authorization: `Bearer ${accessToken}` },
        });
        const { status } = Video.parse(await answer.json());
        return status === 'READY' || status === 'FAILED' ? status : undefined;
      },
      120,
    );

  /** What the story has learned from an answer. */
  const LEARN: Readonly<Record<string, (body: unknown) => void | Promise<void>>> = {
    'register.named': (body) => bindings.bind(EXAMPLE_ACCOUNT.id, Profile.parse(body).id),
    'register.nameless': (body) => bindings.bind(EXAMPLE_ACCOUNT.otherId, Profile.parse(body).id),
    'login.first': (body) => learnTokens(body),
    'login.knownDevice': (body) => learnTokens(body),
    'refresh.renewal': (body) => learnTokens(body),
    'createVideo.usual': (body) => learnVideo('ready', 'h264.mp4', body),
    'createVideo.everySecond': (body) => learnVideo('damaged', 'cut-off.mp4', body),
    'getDownload.json': (body) => bindings.bind(EXAMPLE_SIZES.zip, Download.parse(body).sizeBytes),
  };
  const learnTokens = (body: unknown): void => {
    const tokens = TokenPair.parse(body);
    accessToken = tokens.accessToken;
    bindings.bind(EXAMPLE_TOKENS.refresh, tokens.refreshToken);
  };
  const learnVideo = async (which: 'ready' | 'damaged', name: ClipName, body: unknown): Promise<void> => {
    const video = CreatedVideo.parse(body);
    bindings.bind(EXAMPLE_VIDEOS[which], video.id);
    bindings.bind(EXAMPLE_STORAGE.bucket, video.upload.fields.bucket ?? '');
    await upload(name, video.sizeBytes, video.upload);
    await untilOver(video.id);
  };

  it('are all part of the story', () => {
    expect([...EXAMPLES.keys()].toSorted()).toEqual(STORY.toSorted());
  });

  it.each(STORY)('%s is answered as documented', async (name) => {
    const { operation, example } = EXAMPLES.get(name) ?? {};
    if (operation === undefined || example === undefined || !isOperation(operation)) throw new Error(name);
    if (name === 'createVideo.usual') {
      bindings.bind(EXAMPLE_SIZES.ready, (await stat(await clip('h264.mp4'))).size);
      bindings.bind(EXAMPLE_SIZES.damaged, (await stat(await clip('cut-off.mp4'))).size);
    }
    const response = await send(ROUTES[operation], example);
    const text = await response.text();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    expect(response.status, text).toBe(example.answer.status);
    await LEARN[name]?.(body);
    const actual = { ...(body !== undefined && { body }), ...locationOf(response) };
    const { status: _status, ...expected } = example.answer;
    expect(differences(bindings.apply(expected), actual)).toEqual([]);
  });

  const send = (
    { method, path }: RouteContract,
    { request }: RouteExample<RouteContract>,
  ): Promise<Response> => {
    const { params, query, headers, body } = ExampleRequest.parse(bindings.apply(request));
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) => params[parameter] ?? '');
    const search = new URLSearchParams(
      Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]),
    );
    return fetch(new URL(`${filled}?${search}`, url), {
      method,
      redirect: 'manual',
      headers: {
        ...headers,
        ...(accessToken !== '' && { authorization: `Bearer ${accessToken}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  };
});

const locationOf = (response: Response): { location?: string } => {
  const location = response.headers.get('location');
  return location === null ? {} : { location };
};
