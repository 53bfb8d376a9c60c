import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { progressKey, SAGA_EVENTS_CHANNEL } from '../../../functions/contracts/channel.ts';
import type { SagaEventOf } from '../../../functions/contracts/events.ts';
import { RunId } from '../../../functions/contracts/ids.ts';
import { resultPrefix } from '../../../functions/contracts/storage-keys.ts';
import { decideRenewal } from '../../../functions/process/core/decide-lease.ts';
import { processFile } from '../../../functions/process/core/process-file.ts';
import type { ProcessServices } from '../../../functions/process/core/process-services.ts';
import { newEventId } from '../../../functions/shared/events/event-stamps.ts';
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
  // Later than any outcome in the database.
  occurredAt: '2100-01-01T00:00:00.000Z',
  payload: { ...event.payload, attempt },
});

describe('PROCESS_FILE', () => {
  it('puts the frames, their manifest and a ZIP of both into S3 and emits FILE_PROCESSED', async () => {
    const event = await context.order('h264.mp4');
    expect(await deliverEvents(inbox, event)).toEqual([]);

    const [told, ...others] = await context.told(event.sagaId);
    expect(others).toEqual([]);
    if (told?.type !== 'FILE_PROCESSED') throw new Error(`${told?.type} was emitted`);
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

  it('publishes the events that it emits and leaves no progress behind', async () => {
    const redis = connectRedis();
    const heard: string[] = [];
    const event = await context.order('short.mp4');
    await redis.subscribe(SAGA_EVENTS_CHANNEL);
    redis.on('message', (_, message: string) => {
      if (message.includes(event.sagaId)) heard.push(message);
    });
    await deliverEvents(inbox, event);
    await eventually('the event', () => heard[0]);
    await eventually('both events', () => heard[1]);
    expect(heard.map((message) => JSON.parse(message))).toEqual(await context.emitted(event.sagaId));
    await redis.unsubscribe();
    expect(await redis.exists(progressKey(event.sagaId))).toBe(0);
    await redis.quit();
  });

  it('makes the same ZIP of the same frames, byte for byte', async () => {
    const first = await context.order('short.mp4');
    const second = await context.order('short.mp4');
    await deliverEvents(inbox, first, second);
    const hashes = await Promise.all(
      [first, second].map(async ({ sagaId }) => {
        const [told] = await context.told(sagaId);
        if (told?.type !== 'FILE_PROCESSED') throw new Error(`${told?.type} was emitted`);
        const { frames } = await readFramesZip(await context.read(told.payload.storageKey));
        return frames.map(({ bytes }) => sha256(bytes));
      }),
    );
    expect(hashes[0]).toEqual(hashes[1]);
  });

  it('emits its result again for a repeated order and for a later attempt, without work', async () => {
    const event = await context.order('short.mp4');
    const [repeated, later] = [again(event, 1), again(event, 2)];
    await deliverEvents(inbox, event, repeated, later, repeated, later);
    const [first, ...others] = await context.told(event.sagaId);
    if (first?.type !== 'FILE_PROCESSED') throw new Error(`${first?.type} was emitted`);
    expect(others).toMatchObject([
      { type: 'FILE_PROCESSED', causationId: repeated.id, payload: first.payload },
      { type: 'FILE_PROCESSED', causationId: later.id, payload: { ...first.payload, attempt: 2 } },
    ]);
    const starts = (await context.emitted(event.sagaId)).filter(({ type }) => type === 'EXTRACTION_STARTED');
    expect(starts).toMatchObject([{ causationId: event.id, payload: { attempt: 1, target: 'lambda' } }]);
  });

  it('emits nothing for a repeated order that is older than its result', async () => {
    const event = await context.order('short.mp4');
    const older = { ...again(event, 1), occurredAt: event.occurredAt };
    await deliverEvents(inbox, event, older);
    expect(await context.told(event.sagaId)).toHaveLength(1);
  });

  it('emits its failure again for a repeated order', async () => {
    const event = await context.order('cut-off.mp4');
    await deliverEvents(inbox, event, again(event, 1));
    expect(await context.told(event.sagaId)).toMatchObject([
      { type: 'FILE_FAILED', payload: { attempt: 1, code: 'CORRUPT_VIDEO' } },
      { type: 'FILE_FAILED', payload: { attempt: 1, code: 'CORRUPT_VIDEO' } },
    ]);
  });

  it('does nothing when it is delivered again after its end', async () => {
    const event = await context.order('short.mp4');
    await deliverEvents(inbox, event);
    expect(await deliverEvents(inbox, event)).toEqual([]);
    expect(await context.told(event.sagaId)).toHaveLength(1);
  });

  it('runs again when its run crashed', async () => {
    const event = await context.order('short.mp4');
    await context.pool.query(
      `INSERT INTO job (video_id, user_id, attempt, run_id, status, claimed_at)
       VALUES ($1, $2, 1, gen_random_uuid(), 'RUNNING', now())`,
      [event.sagaId, event.userId],
    );
    await deliverEvents(inbox, event);
    expect(await context.told(event.sagaId)).toMatchObject([{ type: 'FILE_PROCESSED' }]);
  });

  it('has one effect when it is delivered twice at once', async () => {
    const event = await context.order('h264.mp4');
    await Promise.all([deliverEvents(inbox, event), deliverEvents(inbox, event)]);
    expect(await context.told(event.sagaId)).toHaveLength(1);
    expect(await context.keysOf(event)).toContain('frames.zip');
  });

  it('fails a corrupt video with its code and shows no ZIP', async () => {
    const event = await context.order('cut-off.mp4');
    expect(await deliverEvents(inbox, event)).toEqual([]);
    expect(await context.told(event.sagaId)).toMatchObject([
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
    expect(await context.told(event.sagaId)).toMatchObject([
      { type: 'FILE_FAILED', payload: { code: 'SOURCE_REPLACED', retryable: false } },
    ]);
  });

  it('fails with a retryable code when the source is missing, because it may still appear', async () => {
    const event = await context.order('short.mp4');
    const storageKey = `${event.payload.source.storageKey}.missing`;
    const changed = {
      ...event,
      payload: { ...event.payload, source: { ...event.payload.source, storageKey } },
    };
    await deliverEvents(inbox, changed);
    expect(await context.told(event.sagaId)).toMatchObject([
      { type: 'FILE_FAILED', payload: { code: 'INTERNAL', retryable: true } },
    ]);
  });

  it('fails with PROCESSING_TIMEOUT when no time is left', async () => {
    const event = await context.order('h264.mp4');
    const { buildServices } = await import('../../../functions/process/services.ts');
    const services = await buildServices();
    await processFile(event, services, { budgetSeconds: 0 });
    await services.pool.end();
    services.redis.disconnect();
    expect(await context.told(event.sagaId)).toMatchObject([
      { type: 'FILE_FAILED', payload: { code: 'PROCESSING_TIMEOUT', retryable: true } },
    ]);
    expect(await context.keysOf(event)).toEqual(['source.mp4']);
  });
});

describe('DISCARD_FILE', () => {
  it('removes frames and ZIP of a saga that gave up, keeps the source, and ignores later orders', async () => {
    const event = await context.order('short.mp4');
    await deliverEvents(inbox, event);
    const discard = someEvent('DISCARD_FILE', { reason: 'FAILED', code: 'INTERNAL', message: 'No.' }, event);
    await deliverEvents(inbox, discard);
    await deliverEvents(inbox, discard, again(event, 2));
    expect(await context.keysOf(event)).toEqual(['source.mp4']);
    expect(await context.told(event.sagaId)).toHaveLength(1);
    expect(await context.statusOf(event.sagaId)).toBe('DISCARDED');
  });

  it('of a deleted video leaves a tombstone that keeps nothing of the user', async () => {
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

  it('stops a later attempt, also where it is the first message of its video', async () => {
    const event = await context.order('short.mp4');
    await deliverEvents(inbox, someEvent('DISCARD_FILE', { reason: 'DELETED' }, event), event);
    expect(await context.keysOf(event)).toEqual(['source.mp4']);
    expect(await context.told(event.sagaId)).toEqual([]);
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

/** Stores a job whose run renews its lease no longer: the lease lapsed and was suspected this many seconds ago. */
const abandon = (
  event: SagaEventOf<'PROCESS_FILE'>,
  { lapsedSeconds, suspectedSeconds, endsInSeconds = 600 }: Record<string, number>,
) =>
  context.pool.query(
    `WITH job AS (
       INSERT INTO job (video_id, user_id, attempt, run_id, status, claimed_at, command_id, correlation_id,
         lease_expires_at, suspected_at, ends_at)
       VALUES ($1, $2, 1, gen_random_uuid(), 'RUNNING', now(), $3, $4, now() - make_interval(secs => $5),
         now() - make_interval(secs => $6), now() + make_interval(secs => $7))
       RETURNING *
     )
     INSERT INTO run SELECT run_id, video_id, user_id, ends_at FROM job RETURNING run_id`,
    [
      event.sagaId,
      event.userId,
      event.id,
      event.correlationId,
      lapsedSeconds,
      suspectedSeconds ?? null,
      endsInSeconds,
    ],
  );

/** Renews the lease of a run, as the run itself does. */
const renew = (
  { jobs, leaseSeconds }: ProcessServices,
  { sagaId }: SagaEventOf<'PROCESS_FILE'>,
  runId: string,
) => jobs.change(sagaId, (job, now) => decideRenewal(job, RunId.parse(runId), leaseSeconds, now));

describe('the lease of a run', () => {
  let sweep: typeof import('../../../functions/process/sweep.lambda.ts').handler;
  beforeAll(async () => {
    ({ handler: sweep } = await import('../../../functions/process/sweep.lambda.ts'));
  });
  const sweepOnce = () => sweep(tick, lambdaContext());

  it('lapses when the run dies: the sweeper fails the attempt once, and a later delivery finds it failed', async () => {
    const event = await context.order('short.mp4');
    await abandon(event, { lapsedSeconds: 20, suspectedSeconds: 14 });
    await Promise.all([sweepOnce(), sweepOnce()]);
    expect(await deliverEvents(inbox, event)).toEqual([]);
    expect(await context.told(event.sagaId)).toMatchObject([
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

  it('is only suspected after its first lapse, and a renewal clears the suspicion', async () => {
    const event = await context.order('short.mp4');
    const { rows } = await abandon(event, { lapsedSeconds: 3600 });
    await Promise.all([sweepOnce(), sweepOnce()]);
    await sweepOnce();
    expect(await context.told(event.sagaId)).toEqual([]);
    const { buildServices } = await import('../../../functions/process/services.ts');
    const services = await buildServices();
    expect(await renew(services, event, rows[0].run_id)).toBe('current');
    const { rows: jobs } = await context.pool.query(
      'SELECT suspected_at, lease_expires_at > now() AS leased FROM job WHERE video_id = $1',
      [event.sagaId],
    );
    expect(jobs).toEqual([{ suspected_at: null, leased: true }]);
    await services.pool.end();
    services.redis.disconnect();
  });

  it('does not go beyond the run’s own end, whatever its process does', async () => {
    const event = await context.order('short.mp4');
    const { rows } = await abandon(event, { lapsedSeconds: 20, suspectedSeconds: 14, endsInSeconds: -1 });
    const { buildServices } = await import('../../../functions/process/services.ts');
    const services = await buildServices();
    expect(await renew(services, event, rows[0].run_id)).toBe('current');
    await services.pool.end();
    services.redis.disconnect();
    await sweepOnce();
    expect(await context.told(event.sagaId)).toMatchObject([
      { type: 'FILE_FAILED', payload: { attempt: 1, code: 'PROCESSING_TIMEOUT' } },
    ]);
  });

  it('protects the run from a second delivery and from the sweeper while it lasts', async () => {
    const event = await context.order('short.mp4');
    await abandon(event, { lapsedSeconds: -60 });
    expect(await deliverEvents(inbox, event)).toEqual([]);
    await sweepOnce();
    expect(await context.told(event.sagaId)).toEqual([]);
    expect(await context.statusOf(event.sagaId)).toBe('RUNNING');
  });

  it('of a row that cannot be read does not stop the judgement of others', async () => {
    const [broken, fine] = [await context.order('short.mp4'), await context.order('short.mp4')];
    await abandon(broken, { lapsedSeconds: 3600, suspectedSeconds: 60 });
    await context.pool.query('UPDATE job SET command_id = NULL WHERE video_id = $1', [broken.sagaId]);
    await abandon(fine, { lapsedSeconds: 20, suspectedSeconds: 14 });
    await sweepOnce();
    expect(await context.told(fine.sagaId)).toMatchObject([{ type: 'FILE_FAILED' }]);
    await context.pool.query('DELETE FROM job WHERE video_id = $1', [broken.sagaId]);
  });
});

describe('the output of a run that does not win', () => {
  const runPrefix = (event: SagaEventOf<'PROCESS_FILE'>, runId: string) =>
    resultPrefix({ userId: event.userId, videoId: event.sagaId, runId: RunId.parse(runId) });
  const sweepOnce = async () => {
    const { handler: sweep } = await import('../../../functions/process/sweep.lambda.ts');
    await sweep(tick, lambdaContext());
  };

  it('never replaces the winner’s output, and is collected', async () => {
    const event = await context.order('short.mp4');
    const { rows } = await abandon(event, { lapsedSeconds: 20 });
    const stray = runPrefix(event, rows[0].run_id);
    await context.put(`${stray}frames.zip`, 'of the run that lost');
    expect(await deliverEvents(inbox, event)).toEqual([]);
    const [told] = await context.told(event.sagaId);
    if (told?.type !== 'FILE_PROCESSED') throw new Error(`${told?.type} was emitted`);
    // The stray run wakes up and writes once more, after the winner has emitted its result.
    await context.put(`${stray}frames.zip`, 'of the run that lost, again');
    const zip = await context.read(told.payload.storageKey);
    expect(sha256(zip)).toBe(told.payload.sha256);
    await sweepOnce();
    expect((await context.keysOf(event)).filter((key) => key === 'frames.zip')).toHaveLength(1);
    expect(sha256(await context.read(told.payload.storageKey))).toBe(told.payload.sha256);
  });

  it('is collected once more after the run’s own end, then forgotten', async () => {
    const event = await context.order('short.mp4');
    const { rows } = await abandon(event, { lapsedSeconds: 20 });
    const runId = rows[0].run_id;
    await deliverEvents(inbox, event);
    await sweepOnce();
    await context.put(`${runPrefix(event, runId)}frames.zip`, 'written after the first collection');
    await sweepOnce();
    const strays = () => context.pool.query('SELECT 1 FROM run WHERE run_id = $1', [runId]);
    expect((await strays()).rows).toHaveLength(1);
    await context.pool.query(`UPDATE run SET ends_at = now() - interval '3 minutes' WHERE run_id = $1`, [
      runId,
    ]);
    await sweepOnce();
    expect((await context.keysOf(event)).filter((key) => key === 'frames.zip')).toHaveLength(1);
    expect((await strays()).rows).toHaveLength(0);
  });

  it('is collected for any number of runs in one sweep', async () => {
    const event = await context.order('short.mp4');
    await context.pool.query(
      `INSERT INTO run (run_id, video_id, user_id, ends_at)
       SELECT gen_random_uuid(), $1, $2, now() + interval '1 minute' FROM generate_series(1, 250)`,
      [event.sagaId, event.userId],
    );
    await sweepOnce();
    const { rows } = await context.pool.query(
      'SELECT count(*)::int AS left FROM run WHERE video_id = $1 AND collected_at IS NULL',
      [event.sagaId],
    );
    expect(rows).toEqual([{ left: 0 }]);
  });

  it('is removed at once when the attempt failed', async () => {
    const event = await context.order('cut-off.mp4');
    await deliverEvents(inbox, event);
    expect(await context.keysOf(event)).toEqual(['source.mp4']);
  });
});

describe('a run that is stopped', () => {
  it('is not reported as a crash, and the next delivery takes its attempt on', async () => {
    const { handler: sweep } = await import('../../../functions/process/sweep.lambda.ts');
    const { buildServices } = await import('../../../functions/process/services.ts');
    const event = await context.order('short.mp4');
    const services = await buildServices();
    const limits = { budgetSeconds: 60, stopping: AbortSignal.abort() };
    await expect(processFile(event, services, limits)).rejects.toThrow('stopped');
    await services.pool.end();
    services.redis.disconnect();
    await sweep(tick, lambdaContext());
    expect(await context.told(event.sagaId)).toEqual([]);
    expect(await deliverEvents(inbox, event)).toEqual([]);
    expect(await context.told(event.sagaId)).toMatchObject([
      { type: 'FILE_PROCESSED', payload: { attempt: 1 } },
    ]);
  });
});

describe('a dead letter', () => {
  let deadLetters: typeof inbox;
  beforeAll(async () => {
    ({ handler: deadLetters } = await import('../../../functions/process/dead-letters.lambda.ts'));
  });

  it('that ordered an attempt fails the attempt, so that the saga goes on', async () => {
    const event = await context.order('short.mp4');
    expect(await deliverEvents(deadLetters, event, event)).toEqual([]);
    expect(await deliverEvents(inbox, event)).toEqual([]);
    expect(await context.told(event.sagaId)).toMatchObject([
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
