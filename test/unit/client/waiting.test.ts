import { describe, expect, it } from 'vitest';
import { allFrames, allVideos, memoryTokens, waitUntilDone } from '../../../client/index.ts';
import { failureOf, fakeService, json, problem } from './fake-service.ts';

const tokens = () => memoryTokens({ accessToken: 'a' });

/** A video that has these states in turn, and then the last one for ever. */
const videoOf = (states: readonly object[]) =>
  fakeService((_request, number) => json(states[Math.min(number, states.length) - 1]), { tokens: tokens() });

describe('Waiting for a video', () => {
  it.each(['READY', 'FAILED', 'EXPIRED', 'RESULT_EXPIRED'])('ends with %s', async (status) => {
    const { client, received } = videoOf([{ status: 'UPLOADED' }, { status: 'PROCESSING' }, { status }]);
    expect(await waitUntilDone(client, 'v')).toEqual({ status });
    expect(received).toHaveLength(3);
  });

  it('tells each change once', async () => {
    const half = { status: 'PROCESSING', progress: { framesDone: 1, framesExpected: 2 } };
    const whole = { status: 'PROCESSING', progress: { framesDone: 2, framesExpected: 2 } };
    const states = [{ status: 'UPLOADED' }, { status: 'UPLOADED' }, half, half, whole, { status: 'READY' }];
    const seen: object[] = [];
    await waitUntilDone(videoOf(states).client, 'v', { onChange: (video) => seen.push(video) });
    expect(seen).toEqual([{ status: 'UPLOADED' }, half, whole, { status: 'READY' }]);
  });

  it('looks less often while nothing changes, and often again after a change', async () => {
    const still = Array.from({ length: 9 }, () => ({ status: 'UPLOADED' }));
    const { client, pauses } = videoOf([...still, { status: 'PROCESSING' }, { status: 'READY' }]);
    await waitUntilDone(client, 'v');
    expect(pauses).toEqual([500, 750, 1125, 1687.5, 2531.25, 3796.875, 5695.3125, 8000, 8000, 500]);
  });

  it('fails with TIMEOUT once the time is over', async () => {
    const { client } = videoOf([{ status: 'PROCESSING' }]);
    const call = waitUntilDone(client, 'v', { timeoutMilliseconds: 10_000 });
    expect(await failureOf(call)).toMatchObject({
      code: 'TIMEOUT',
      detail: 'The video is still PROCESSING.',
    });
  });

  it('fails with VIDEO_NOT_FOUND where the video is deleted meanwhile', async () => {
    const { client } = fakeService(
      (_request, number) => (number === 1 ? json({ status: 'UPLOADED' }) : problem('VIDEO_NOT_FOUND')),
      { tokens: tokens() },
    );
    expect(await failureOf(waitUntilDone(client, 'v'))).toMatchObject({ code: 'VIDEO_NOT_FOUND' });
  });

  it('ends with an AbortError where it is aborted', async () => {
    const controller = new AbortController();
    const { client } = videoOf([{ status: 'PROCESSING' }]);
    const call = waitUntilDone(client, 'v', {
      signal: controller.signal,
      onChange: () => controller.abort(),
    });
    expect(await failureOf(call)).toMatchObject({ name: 'AbortError' });
  });
});

describe('The pages of a list', () => {
  const paged = () =>
    fakeService(
      ({ path }) => {
        const page = Number(new URL(path, 'http://x').searchParams.get('cursor') ?? 0);
        return json({ items: [page * 2, page * 2 + 1], nextCursor: page === 2 ? null : String(page + 1) });
      },
      { tokens: tokens() },
    );

  it('are asked for one after the other, to the last', async () => {
    const { client, received } = paged();
    const found: unknown[] = [];
    for await (const video of allVideos(client)) found.push(video);
    expect(found).toEqual([0, 1, 2, 3, 4, 5]);
    expect(received.map(({ path }) => path)).toEqual(['/videos', '/videos?cursor=1', '/videos?cursor=2']);
  });

  it('are not asked for beyond what is needed', async () => {
    const { client, received } = paged();
    for await (const frame of allFrames(client, 'v')) if (Object.is(frame, 1)) break;
    expect(received.map(({ path }) => path)).toEqual(['/videos/v/frames']);
  });
});
