import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { progressKey, SAGA_EVENTS_CHANNEL } from '../../../functions/contracts/channel.ts';
import type { SagaEventOf } from '../../../functions/contracts/events.ts';
import { processFile } from '../../../functions/process/core/process-file.ts';
import { newEventId } from '../../../functions/shared/events/new-event.ts';
import { lambdaContext } from '../../support/api-event.ts';
import { clip } from '../../support/clips.ts';
import { someEvent } from '../../support/events.ts';
import { eventually } from '../../support/eventually.ts';
import { type ProcessContextUnderTest, startProcessContext } from '../../support/process-context.ts';
import { connectRedis } from '../../support/services.ts';
import { deliverBodies, deliverEvents } from '../../support/sqs-event.ts';
import { tick } from '../../support/upload-context.ts';
import { readFramesZip, sha256 } from '../../support/zip.ts';

let context: ProcessContextUnderTest;
let inbox: typeof import('../../../functions/process/inbox.lambda.ts').handler;

beforeAll(async () => {
  context = await startProcessContext();
  ({ handler: inbox } = await import('../../../functions/process/inbox.lambda.ts'));
});
afterAll(() => context.close());

const again = (event: SagaEventOf<'PROCESS_FILE'>, attempt: number): SagaEventOf<'PROCESS_FILE'> => ({
  ...event,
  id: newEventId(),
  payload: { ...event.payload, attempt },
});

describe('PROCESS_FILE', () => {
  it('puts the frames, their manifest and a ZIP of both into S3 and tells of it', async () => {
    const event = await context.order('h264.mp4');
    expect(await deliverEvents(inbox, event)).toEqual([]);

    const [told, ...others] = await context.emitted(event.sagaId);
    expect(others).toEqual([]);
    if (told?.type !== 'FILE_PROCESSED') throw new Error(`${told?.type} was told`);
    expect(told).toMatchObject({ causationId: event.id, correlationId: event.correlationId });
    expect(told.payload).toMatchObject({
      attempt: 1,
      fileName: 'h264.mp4',
      framesExpected: 4,
      framesDelivered: 4,
    });
    expect(told.payload.extractionSeconds).toBeGreaterThan(0);

    const zip = await context.read(told.payload.storageKey);
    expect([zip.length, sha256(zip)]).toEqual([told.payload.sizeBytes, told.payload.sha256]);
    const { manifest, frames } = await readFramesZip(zip);
    expect(frames.every((frame) => frame.stored)).toBe(true);
    expect(frames.map((frame) => frame.name)).toEqual([
      'frame_00000_00h00m00.000s.jpg',
      'frame_00001_00h00m10.000s.jpg',
      'frame_00002_00h00m20.000s.jpg',
      'frame_00003_00h00m30.000s.jpg',
    ]);
    const source = await readFile(await clip('h264.mp4'));
    expect(manifest).toMatchObject({
      videoId: event.sagaId,
      source: { fileName: 'h264.mp4', sizeBytes: source.length, sha256: sha256(source), codec: 'h264' },
      ...{ intervalSeconds: 10, engine: 'libav', framesExpected: 4, framesDelivered: 4 },
    });
    expect(JSON.parse((await context.read(told.payload.manifestKey)).toString())).toEqual(manifest);
    for (const frame of frames) {
      const single = await context.read(told.payload.manifestKey.replace('manifest.json', frame.name));
      expect(sha256(single)).toBe(sha256(frame.bytes));
    }
    expect(await context.statusOf(event.sagaId)).toBe('DONE');
  });

  it('publishes what it tells and leaves no progress behind', async () => {
    const redis = connectRedis();
    const heard: string[] = [];
    const event = await context.order('short.mp4');
    await redis.subscribe(SAGA_EVENTS_CHANNEL);
    redis.on('message', (_, message: string) => {
      if (message.includes(event.sagaId)) heard.push(message);
    });
    await deliverEvents(inbox, event);
    await eventually('the event', () => heard[0]);
    expect(JSON.parse(heard[0] ?? '')).toEqual((await context.emitted(event.sagaId))[0]);
    await redis.unsubscribe();
    expect(await redis.exists(progressKey(event.sagaId))).toBe(0);
    await redis.quit();
  });

  it('makes the same ZIP of the same video, byte for byte', async () => {
    const event = await context.order('short.mp4');
    await deliverEvents(inbox, event, again(event, 2));
    const told = await context.emitted(event.sagaId);
    const hashes = told.map((each) => (each.type === 'FILE_PROCESSED' ? each.payload.sha256 : each.type));
    expect(hashes).toHaveLength(2);
    expect(hashes[0]).toBe(hashes[1]);
  });

  it('does nothing when it is delivered again after its end', async () => {
    const event = await context.order('short.mp4');
    await deliverEvents(inbox, event);
    expect(await deliverEvents(inbox, event)).toEqual([]);
    expect(await context.emitted(event.sagaId)).toHaveLength(1);
  });

  it('is done again when its run crashed', async () => {
    const event = await context.order('short.mp4');
    await context.pool.query(
      `INSERT INTO job (video_id, user_id, attempt, run_id, status, claimed_at)
       VALUES ($1, $2, 1, gen_random_uuid(), 'RUNNING', now())`,
      [event.sagaId, event.userId],
    );
    await deliverEvents(inbox, event);
    expect(await context.emitted(event.sagaId)).toMatchObject([{ type: 'FILE_PROCESSED' }]);
  });

  it('ends two deliveries at once in one effect', async () => {
    const event = await context.order('h264.mp4');
    await Promise.all([deliverEvents(inbox, event), deliverEvents(inbox, event)]);
    expect(await context.emitted(event.sagaId)).toHaveLength(1);
    expect(await context.keysOf(event)).toContain('frames.zip');
  });

  it('fails a corrupt video with its code and shows no ZIP', async () => {
    const event = await context.order('cut-off.mp4');
    expect(await deliverEvents(inbox, event)).toEqual([]);
    expect(await context.emitted(event.sagaId)).toMatchObject([
      {
        type: 'FILE_FAILED',
        payload: {
          attempt: 1,
          code: 'CORRUPT_VIDEO',
          retryable: false,
          message: expect.stringContaining('damaged'),
        },
      },
    ]);
    expect(await context.keysOf(event)).not.toContain('frames.zip');
    expect(await context.statusOf(event.sagaId)).toBe('FAILED');
  });

  it('refuses an object that was replaced after it was checked', async () => {
    const event = await context.order('short.mp4');
    const replaced = await context.order('one-frame.mp4');
    const { etag } = replaced.payload.source;
    const changed = { ...event, payload: { ...event.payload, source: { ...event.payload.source, etag } } };
    await deliverEvents(inbox, changed);
    expect(await context.emitted(event.sagaId)).toMatchObject([
      { type: 'FILE_FAILED', payload: { code: 'SOURCE_REPLACED', retryable: false } },
    ]);
  });

  it('says that a missing source may yet come, rather than failing for good', async () => {
    const event = await context.order('short.mp4');
    const storageKey = `${event.payload.source.storageKey}.missing`;
    const changed = {
      ...event,
      payload: { ...event.payload, source: { ...event.payload.source, storageKey } },
    };
    await deliverEvents(inbox, changed);
    expect(await context.emitted(event.sagaId)).toMatchObject([
      { type: 'FILE_FAILED', payload: { code: 'INTERNAL', retryable: true } },
    ]);
  });

  it('fails in time when there is none left', async () => {
    const event = await context.order('h264.mp4');
    const { buildServices } = await import('../../../functions/process/services.ts');
    const services = await buildServices();
    await processFile(event, services, { budgetSeconds: 0 });
    await services.pool.end();
    services.redis.disconnect();
    expect(await context.emitted(event.sagaId)).toMatchObject([
      { type: 'FILE_FAILED', payload: { code: 'PROCESSING_TIMEOUT', retryable: true } },
    ]);
    expect(await context.keysOf(event)).toEqual(['source.mp4']);
  });
});

describe('DISCARD_FILE', () => {
  it('removes frames and ZIP of a saga that gave up, keeps the source, and ignores what comes late', async () => {
    const event = await context.order('short.mp4');
    await deliverEvents(inbox, event);
    const discard = someEvent('DISCARD_FILE', { reason: 'FAILED', code: 'INTERNAL', message: 'No.' }, event);
    await deliverEvents(inbox, discard);
    await deliverEvents(inbox, discard, again(event, 2));
    expect(await context.keysOf(event)).toEqual(['source.mp4']);
    expect(await context.emitted(event.sagaId)).toHaveLength(1);
    expect(await context.statusOf(event.sagaId)).toBe('DISCARDED');
  });

  it('of a deleted video leaves a tombstone without anything of the user', async () => {
    const event = await context.order('short.mp4');
    await deliverEvents(
      inbox,
      event,
      someEvent('DISCARD_FILE', { reason: 'DELETED' }, event),
      again(event, 2),
    );
    expect(await context.keysOf(event)).toEqual(['source.mp4']);
    const { rows } = await context.pool.query('SELECT * FROM job WHERE video_id = $1', [event.sagaId]);
    expect(rows).toMatchObject([{ status: 'DELETED', user_id: null, zip_sha256: null, run_id: null }]);
  });

  it('stops an attempt that comes after it, also where none came before', async () => {
    const event = await context.order('short.mp4');
    await deliverEvents(inbox, someEvent('DISCARD_FILE', { reason: 'DELETED' }, event), event);
    expect(await context.keysOf(event)).toEqual(['source.mp4']);
    expect(await context.emitted(event.sagaId)).toEqual([]);
  });

  it('that overtakes a running attempt leaves nothing behind', async () => {
    const event = await context.order('h264.mp4');
    const running = deliverEvents(inbox, event);
    await eventually('the claim', async () => (await context.statusOf(event.sagaId)) ?? undefined);
    await deliverEvents(inbox, someEvent('DISCARD_FILE', { reason: 'DELETED' }, event));
    await running;
    expect(await context.keysOf(event)).toEqual(['source.mp4']);
    expect(await context.statusOf(event.sagaId)).toBe('DELETED');
  });
});

/** A job whose run gives no more signs of life; its lease ended so many seconds ago. */
const abandon = (event: SagaEventOf<'PROCESS_FILE'>, secondsAgo: number) =>
  context.pool.query(
    `INSERT INTO job (video_id, user_id, attempt, run_id, status, claimed_at, command_id, correlation_id,
       lease_expires_at)
     VALUES ($1, $2, 1, gen_random_uuid(), 'RUNNING', now(), $3, $4, now() - make_interval(secs => $5))`,
    [event.sagaId, event.userId, event.id, event.correlationId, secondsAgo],
  );

describe('the lease of a run', () => {
  let sweep: typeof import('../../../functions/process/sweep.lambda.ts').handler;
  beforeAll(async () => {
    ({ handler: sweep } = await import('../../../functions/process/sweep.lambda.ts'));
  });

  it('ends with it: the sweeper tells of the death, once, and what comes of the run later counts for nothing', async () => {
    const event = await context.order('short.mp4');
    await abandon(event, 1);
    await Promise.all([sweep(tick, lambdaContext()), sweep(tick, lambdaContext())]);
    expect(await deliverEvents(inbox, event)).toEqual([]);
    expect(await context.emitted(event.sagaId)).toMatchObject([
      {
        type: 'FILE_FAILED',
        causationId: event.id,
        correlationId: event.correlationId,
        userId: event.userId,
        payload: { attempt: 1, code: 'ENGINE_CRASHED', retryable: true },
      },
    ]);
    expect(await context.statusOf(event.sagaId)).toBe('FAILED');
  });

  it('protects it from a second delivery and from the sweeper for as long as it lasts', async () => {
    const event = await context.order('short.mp4');
    await abandon(event, -60);
    expect(await deliverEvents(inbox, event)).toEqual([]);
    await sweep(tick, lambdaContext());
    expect(await context.emitted(event.sagaId)).toEqual([]);
    expect(await context.statusOf(event.sagaId)).toBe('RUNNING');
  });
});

describe('a run that is stopped', () => {
  it('is no death to tell of, and its attempt is taken on by the next delivery', async () => {
    const { handler: sweep } = await import('../../../functions/process/sweep.lambda.ts');
    const { buildServices } = await import('../../../functions/process/services.ts');
    const event = await context.order('short.mp4');
    const services = await buildServices();
    const limits = { budgetSeconds: 60, stopping: AbortSignal.abort() };
    await expect(processFile(event, services, limits)).rejects.toThrow('stopped');
    await services.pool.end();
    services.redis.disconnect();
    await sweep(tick, lambdaContext());
    expect(await context.emitted(event.sagaId)).toEqual([]);
    expect(await deliverEvents(inbox, event)).toEqual([]);
    expect(await context.emitted(event.sagaId)).toMatchObject([
      { type: 'FILE_PROCESSED', payload: { attempt: 1 } },
    ]);
  });
});

describe('a dead letter', () => {
  let deadLetters: typeof inbox;
  beforeAll(async () => {
    ({ handler: deadLetters } = await import('../../../functions/process/dead-letters.lambda.ts'));
  });

  it('that ordered an attempt fails it, so that the saga goes on', async () => {
    const event = await context.order('short.mp4');
    expect(await deliverEvents(deadLetters, event, event)).toEqual([]);
    expect(await deliverEvents(inbox, event)).toEqual([]);
    expect(await context.emitted(event.sagaId)).toMatchObject([
      { type: 'FILE_FAILED', payload: { attempt: 1, code: 'INTERNAL', retryable: true } },
    ]);
  });

  it('that ordered a discard is carried out', async () => {
    const event = await context.order('short.mp4');
    await deliverEvents(inbox, event);
    const discard = someEvent('DISCARD_FILE', { reason: 'DELETED' }, event);
    expect(await deliverEvents(deadLetters, discard)).toEqual([]);
    expect(await context.keysOf(event)).toEqual(['source.mp4']);
  });

  it('that cannot be read stays where it is', async () => {
    expect(await deliverBodies(deadLetters, [{ body: 'not json', group: 'g' }])).toHaveLength(1);
  });
});

describe('the sweeper', () => {
  it('forgets tombstones that are older than any replay and keeps younger ones', async () => {
    const { handler: sweep } = await import('../../../functions/process/sweep.lambda.ts');
    await context.pool.query(
      `INSERT INTO job (video_id, attempt, status, finished_at)
       SELECT gen_random_uuid(), 0, 'DELETED', now() - make_interval(days => age) FROM unnest(ARRAY[29, 31, 40]) age`,
    );
    await sweep(tick, lambdaContext());
    const { rows } = await context.pool.query(
      `SELECT 1 FROM job WHERE status = 'DELETED' AND finished_at < now() - interval '20 days'`,
    );
    expect(rows).toHaveLength(1);
  });
});
