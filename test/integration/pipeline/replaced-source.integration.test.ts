import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CreatedVideo } from '../../../functions/contracts/http.ts';
import { CorrelationId, VideoId } from '../../../functions/contracts/ids.ts';
import { mp4Like } from '../../support/media.ts';
import { type PipelineUnderTest, startPipeline } from '../../support/pipeline.ts';
import { postForm } from '../../support/post-form.ts';
import { someUser } from '../../support/upload-context.ts';

let pipeline: PipelineUnderTest;

beforeAll(async () => {
  pipeline = await startPipeline();
});
afterAll(() => pipeline.close());

const BYTES = 2000;
const first = mp4Like(BYTES);
const second = Buffer.concat([mp4Like(BYTES - 1), Buffer.from('x')]);

const create = async () => {
  const userId = someUser();
  const video = await pipeline.upload.create(userId, { sizeBytes: BYTES });
  return { userId, video };
};
/** Sends the video's form, and announces the object as S3 does. */
const send = async ({ upload }: CreatedVideo, content: Uint8Array) => {
  expect((await postForm(upload, new Blob([Buffer.from(content)]))).status).toBe(204);
  expect(await pipeline.upload.announce(upload.fields.key ?? '')).toEqual([]);
};

test('a source replaced by other bytes of the same size before the extraction fails with SOURCE_REPLACED', async () => {
  const { userId, video } = await create();
  await send(video, first);
  await send(video, second);
  await pipeline.relay({ withExtraction: true });
  const shown = await pipeline.upload.get(userId, video.id);
  expect(shown).toMatchObject({ status: 'FAILED', failure: { code: 'SOURCE_REPLACED' } });
  expect(shown.failure?.message).toContain('replaced by another upload');
  expect((await pipeline.sagasOf(video.id))[0]?.saga.journal).toMatchObject([
    { type: 'FILE_UPLOADED' },
    { type: 'EXTRACTION_STARTED' },
    { type: 'FILE_FAILED', attempt: 1, code: 'SOURCE_REPLACED' },
  ]);
});

test('a source uploaded again with the same bytes is extracted as usual', async () => {
  const { userId, video } = await create();
  await send(video, first);
  await send(video, first);
  await pipeline.relay({ withExtraction: true });
  // The failure shows that the bytes were read: they contain no pictures.
  expect(await pipeline.upload.get(userId, video.id)).toMatchObject({ failure: { code: 'CORRUPT_VIDEO' } });
});

test('a source uploaded again after the video is READY does not change the result', async () => {
  const { userId, video } = await create();
  await send(video, first);
  await pipeline.relay();
  await pipeline.extract({
    sagaId: VideoId.parse(video.id),
    userId,
    correlationId: CorrelationId.parse('c'),
  });
  await pipeline.relay();
  await send(video, second);
  await pipeline.relay();
  expect(await pipeline.upload.get(userId, video.id)).toMatchObject({ status: 'READY' });
  const { headers } = await pipeline.download.get(userId, `/videos/${video.id}/download`);
  expect(await (await fetch(headers.location ?? '')).text()).toBe('a zip');
});
