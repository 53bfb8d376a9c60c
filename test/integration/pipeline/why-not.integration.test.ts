import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CreatedVideo, Video, VideoPage } from '../../../functions/contracts/http.ts';
import { CorrelationId, type UserId, VideoId } from '../../../functions/contracts/ids.ts';
import { Problem } from '../../../functions/contracts/problem.ts';
import { mp4Like } from '../../support/media.ts';
import { type PipelineUnderTest, startPipeline } from '../../support/pipeline.ts';
import { someUser } from '../../support/upload-context.ts';

let pipeline: PipelineUnderTest;

beforeAll(async () => {
  pipeline = await startPipeline();
});
afterAll(() => pipeline.close());

const headers = { 'Idempotency-Key': 'k' };
const create = async (request: Record<string, unknown> = {}) => {
  const userId = someUser();
  const video = await pipeline.upload.create(userId, { sizeBytes: 100, ...request }, headers);
  await pipeline.relay();
  return { userId, id: video.id, key: video.upload.fields.key ?? '' };
};
type Created = Awaited<ReturnType<typeof create>>;

const uploadFile = async ({ key }: Created, content: Uint8Array) => {
  await pipeline.upload.objects.put(key, content);
  await pipeline.upload.announce(key);
  await pipeline.relay();
};
const expireForm = async ({ id }: Created) => {
  await pipeline.upload.pool.query(
    `UPDATE video SET form_expires_at = now() - interval '2 minutes' WHERE id = $1`,
    [id],
  );
  await pipeline.upload.sweep();
  await pipeline.relay();
};
const extract = async ({ id, userId }: Created) => {
  await pipeline.extract({ sagaId: VideoId.parse(id), userId, correlationId: CorrelationId.parse('c') });
  await pipeline.relay();
};

/** The answers of both routes of the download context. Asserts that other users get 404. */
const answersOf = async ({ id, userId }: Created): Promise<string[]> => {
  const paths = [`/videos/${id}/download`, `/videos/${id}/frames`];
  for (const path of paths) expect((await pipeline.download.get(someUser(), path)).status).toBe(404);
  const answers = await Promise.all(paths.map((path) => pipeline.download.get(userId, path)));
  return answers.map(({ status, body }) => {
    if (status < 400) return String(status);
    const { code, detail } = Problem.parse(body);
    return `${status} ${code}: ${detail}`;
  });
};
const twice = (answer: string) => [answer, answer];

describe('the answer of a download that is not available', () => {
  test('is NOT_READY for a new video before its first event arrives, and 404 once it is deleted', async () => {
    const userId = someUser();
    const { id } = await pipeline.upload.create(userId, { sizeBytes: 100 });
    const created = { userId, id, key: '' };
    expect(await answersOf(created)).toEqual(twice('409 NOT_READY: The video is not uploaded yet.'));
    await pipeline.upload.call(userId, 'DELETE', `/videos/${id}`);
    for (const answer of await answersOf(created)) expect(answer).toContain('404 VIDEO_NOT_FOUND');
    await pipeline.relay();
    for (const answer of await answersOf(created)) expect(answer).toContain('404 VIDEO_NOT_FOUND');
  });

  test('says that the video is not uploaded yet', async () => {
    expect(await answersOf(await create())).toEqual(twice('409 NOT_READY: The video is not uploaded yet.'));
  });

  test.each([
    ['is not a video', Buffer.alloc(100), 'The file is not an MP4, MOV, MKV or AVI video.'],
    ['has another size', mp4Like(101), 'The uploaded file is not as large as was declared.'],
  ])('gives the reason of a refused file that %s', async (_, content, reason) => {
    const video = await create();
    await uploadFile(video, content);
    expect(await pipeline.upload.get(video.userId, video.id)).toMatchObject({ status: 'FAILED' });
    expect(await answersOf(video)).toEqual(twice(`409 NOT_READY: The upload was refused. ${reason}`));
  });

  test('follows an upload that came after its form expired', async () => {
    const video = await create();
    await expireForm(video);
    expect(await pipeline.upload.get(video.userId, video.id)).toMatchObject({ status: 'EXPIRED' });
    expect(await answersOf(video)).toEqual(
      twice('409 NOT_READY: The video was not uploaded before its form expired.'),
    );
    await uploadFile(video, mp4Like(100));
    expect(await answersOf(video)).toEqual(twice('409 NOT_READY: The video is still being processed.'));
    await extract(video);
    expect((await answersOf(video))[0]).toBe('302');
  });

  test('is 404 for a deleted video, whatever its earlier state', async () => {
    const awaited = await create();
    const refused = await create();
    await uploadFile(refused, Buffer.alloc(100));
    const expired = await create();
    await expireForm(expired);
    for (const video of [awaited, refused, expired]) {
      await pipeline.upload.call(video.userId, 'DELETE', `/videos/${video.id}`);
      await pipeline.relay();
      expect(await answersOf(video)).toEqual(twice('404 VIDEO_NOT_FOUND: There is no such video.'));
    }
  });
});

describe('a result that has expired', () => {
  const readOf = async (userId: UserId, id: string) => {
    const { upload } = pipeline;
    const page = VideoPage.parse((await upload.call(userId, 'GET', '/videos')).body);
    const again = await upload.call(userId, 'POST', '/videos', {
      body: { fileName: 'holiday.mp4', sizeBytes: 100 },
      headers,
    });
    return [
      await upload.get(userId, id),
      Video.parse(page.items.find((item) => item.id === id)),
      CreatedVideo.parse(again.body),
    ];
  };
  /** Sets the expiry of the result to this many seconds from now, in both contexts, as FILE_AVAILABLE does. */
  const expireIn = async ({ id }: Created, seconds: number) => {
    const times = 'expires_at = now() + make_interval(secs => $2)';
    await pipeline.upload.pool.query(`UPDATE video SET ${times} WHERE id = $1`, [id, seconds]);
    await pipeline.download.pool.query(`UPDATE artifact SET ${times} WHERE video_id = $1`, [id, seconds]);
  };
  const readyVideo = async () => {
    const video = await create();
    await uploadFile(video, mp4Like(100));
    await extract(video);
    return video;
  };

  test('is shown as RESULT_EXPIRED with its expiry by every read once its download answers 410', async () => {
    const video = await readyVideo();
    for (const seconds of [0.9, 0, -7 * 24 * 3600]) {
      await expireIn(video, seconds);
      for (const shown of await readOf(video.userId, video.id)) {
        expect(shown).toMatchObject({ status: 'RESULT_EXPIRED', frames: 4, expiresAt: expect.any(String) });
      }
      expect((await answersOf(video))[0]).toMatch(/^410 EXPIRED/);
    }
    // Its objects are removed, its row stays.
    await pipeline.download.sweep();
    expect((await readOf(video.userId, video.id))[0]).toMatchObject({ status: 'RESULT_EXPIRED' });
    expect((await answersOf(video))[0]).toMatch(/^410 EXPIRED/);
  });

  test('is READY in every read as long as it can be downloaded', async () => {
    const video = await readyVideo();
    await expireIn(video, 60);
    for (const shown of await readOf(video.userId, video.id))
      expect(shown).toMatchObject({ status: 'READY' });
    expect((await answersOf(video))[0]).toBe('302');
  });

  test('can be deleted like any other video', async () => {
    const video = await readyVideo();
    await expireIn(video, -1);
    expect((await pipeline.upload.call(video.userId, 'DELETE', `/videos/${video.id}`)).status).toBe(202);
    await pipeline.relay();
    expect(await pipeline.keysWith(video.id)).toEqual([]);
  });
});
