import { describe, expect, it } from 'vitest';
import type { SagaEvent } from '../../../functions/contracts/events.ts';
import { handleEvent, sweepSagas } from '../../../functions/orchestrator/core/orchestrate.ts';
import { someEvent, someOrigin, somePayload, someSource } from '../../support/events.ts';
import { orchestratorOnMemory } from '../../support/orchestrator.ts';

const failLoudly = (sagaId: string, error: unknown) => {
  throw new Error(`saga ${sagaId} was not swept`, { cause: error });
};

const ordersAmong = (published: readonly SagaEvent[]) =>
  published.filter((event) => event.type === 'PROCESS_FILE');

const advanceSeconds = (clock: { now: Date }, seconds: number) => {
  clock.now = new Date(clock.now.getTime() + seconds * 1000);
};

describe('the saga', () => {
  it('orders the extraction, waits for the download context and completes', async () => {
    const { services, sagas, channel } = orchestratorOnMemory();
    const origin = someOrigin();
    await handleEvent(someEvent('FILE_UPLOADED', someSource(), origin), services);
    expect(channel.published).toMatchObject([
      { type: 'PROCESS_FILE', sagaId: origin.sagaId, payload: { attempt: 1, target: 'lambda' } },
    ]);
    await handleEvent(someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(), origin), services);
    expect((await sagas.load(origin.sagaId))?.state.status).toBe('PUBLISHING');
    await handleEvent(someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(), origin), services);
    const saga = await sagas.load(origin.sagaId);
    expect(saga?.state.status).toBe('COMPLETED');
    expect(saga?.journal.map((entry) => entry.type)).toEqual([
      'FILE_UPLOADED',
      'FILE_PROCESSED',
      'FILE_AVAILABLE',
    ]);
  });

  it.each([
    ['a large source', { sizeBytes: 50_000_001 }, 'fargate'],
    ['large pictures', { claims: { pixels: 10_000_001 } }, 'fargate'],
    ['many frames', { claims: { pixels: 1_000_000, durationSeconds: 10_001 } }, 'fargate'],
    ['the maximum for the Lambda', { claims: { pixels: 1_000_000, durationSeconds: 10_000 } }, 'lambda'],
    ['a claimed duration without a picture size', { claims: { durationSeconds: 1e9 } }, 'lambda'],
    [
      'a long interval between frames',
      { intervalSeconds: 60, claims: { pixels: 1e6, durationSeconds: 6e4 } },
      'lambda',
    ],
  ] as const)('sends the job to the right target: %s', async (_what, source, target) => {
    const { services, channel } = orchestratorOnMemory();
    await handleEvent(someEvent('FILE_UPLOADED', someSource(source)), services);
    expect(channel.published).toMatchObject([{ payload: { target } }]);
  });

  it('sets the causation id of each command and keeps the correlation id', async () => {
    const { services, channel } = orchestratorOnMemory();
    const uploaded = someEvent('FILE_UPLOADED', someSource());
    await handleEvent(uploaded, services);
    expect(channel.published[0]).toMatchObject({
      causationId: uploaded.id,
      correlationId: uploaded.correlationId,
    });
  });

  it('gives up at once on a failure that is not retryable', async () => {
    const { services, sagas, channel } = orchestratorOnMemory();
    const origin = someOrigin();
    await handleEvent(someEvent('FILE_UPLOADED', someSource(), origin), services);
    await handleEvent(someEvent('FILE_FAILED', somePayload.FILE_FAILED(1, false), origin), services);
    expect((await sagas.load(origin.sagaId))?.state).toEqual({ status: 'FAILED', code: 'CORRUPT_VIDEO' });
    expect(channel.published.at(-1)).toMatchObject({
      type: 'DISCARD_FILE',
      payload: { reason: 'FAILED', code: 'CORRUPT_VIDEO' },
    });
  });

  it('retries at once, then after the backoff, and gives up after the third attempt', async () => {
    const { services, sagas, channel, clock } = orchestratorOnMemory();
    const origin = someOrigin();
    await handleEvent(someEvent('FILE_UPLOADED', someSource(), origin), services);
    await handleEvent(someEvent('FILE_FAILED', somePayload.FILE_FAILED(1), origin), services);
    expect(channel.published.at(-1)).toMatchObject({ type: 'PROCESS_FILE', payload: { attempt: 2 } });
    await handleEvent(someEvent('FILE_FAILED', somePayload.FILE_FAILED(2), origin), services);
    expect((await sagas.load(origin.sagaId))?.state).toMatchObject({ status: 'BACKING_OFF', attempt: 3 });
    advanceSeconds(clock, 31);
    await sweepSagas(services, failLoudly);
    expect(channel.published.at(-1)).toMatchObject({ type: 'PROCESS_FILE', payload: { attempt: 3 } });
    await handleEvent(someEvent('FILE_FAILED', somePayload.FILE_FAILED(3), origin), services);
    expect((await sagas.load(origin.sagaId))?.state.status).toBe('FAILED');
    expect(channel.published.at(-1)?.type).toBe('DISCARD_FILE');
  });

  it('moves to the worker after the Lambda ran out of time', async () => {
    const { services, channel } = orchestratorOnMemory();
    const origin = someOrigin();
    await handleEvent(someEvent('FILE_UPLOADED', someSource(), origin), services);
    const timeout = {
      attempt: 1,
      code: 'PROCESSING_TIMEOUT' as const,
      retryable: true,
      message: 'Too long.',
    };
    await handleEvent(someEvent('FILE_FAILED', timeout, origin), services);
    expect(channel.published.at(-1)).toMatchObject({ payload: { attempt: 2, target: 'fargate' } });
  });

  it('journals a late result after it gave up, and does not apply it', async () => {
    const { services, sagas } = orchestratorOnMemory();
    const origin = someOrigin();
    await handleEvent(someEvent('FILE_FAILED', somePayload.FILE_FAILED(1, false), origin), services);
    await handleEvent(someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(), origin), services);
    const saga = await sagas.load(origin.sagaId);
    expect(saga?.state.status).toBe('FAILED');
    expect(saga?.journal.at(-1)).toMatchObject({ type: 'FILE_PROCESSED', status: 'FAILED' });
  });

  it('discards everything once the user deleted the video, even after it completed', async () => {
    const { services, sagas, channel } = orchestratorOnMemory();
    const origin = someOrigin();
    await handleEvent(someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(), origin), services);
    await handleEvent(someEvent('FILE_DELETED', {}, origin), services);
    expect((await sagas.load(origin.sagaId))?.state.status).toBe('DELETED');
    expect(channel.published.at(-1)).toMatchObject({ type: 'DISCARD_FILE', payload: { reason: 'DELETED' } });
  });
});

describe('a saga whose order waits in a queue', () => {
  const DAY_SECONDS = 24 * 3600;

  /** Lets a day pass, swept every minute, with a relay that acknowledges everything. */
  const waitADay = async ({ services, channel, clock }: ReturnType<typeof orchestratorOnMemory>) => {
    for (let minute = 0; minute < DAY_SECONDS / 60; minute += 1) {
      for (const { id } of channel.published) channel.relayed.add(id);
      advanceSeconds(clock, 60);
      await sweepSagas(services, failLoudly);
    }
  };

  it('waits for a day without failing, and repeats its order only a few times', async () => {
    const orchestrator = orchestratorOnMemory();
    const uploaded = someEvent('FILE_UPLOADED', someSource());
    await handleEvent(uploaded, orchestrator.services);
    await waitADay(orchestrator);
    const { sagas, channel } = orchestrator;
    expect((await sagas.load(uploaded.sagaId))?.state).toMatchObject({ status: 'PROCESSING', attempt: 1 });
    const orders = ordersAmong(channel.published);
    expect(orders.every(({ payload }) => payload.attempt === 1 && payload.target === 'lambda')).toBe(true);
    expect(orders.length).toBeGreaterThan(1);
    expect(orders.length).toBeLessThanOrEqual(6);
    expect(channel.published.every(({ type }) => type === 'PROCESS_FILE')).toBe(true);
  });

  it('repeats an order that the relay has not acknowledged only under the same event id', async () => {
    const { services, channel, clock } = orchestratorOnMemory();
    await handleEvent(someEvent('FILE_UPLOADED', someSource()), services);
    for (let hour = 0; hour < 24; hour += 1) {
      advanceSeconds(clock, 3600);
      await sweepSagas(services, failLoudly);
    }
    expect(new Set(ordersAmong(channel.published).map(({ id }) => id)).size).toBe(1);
  });

  it('asks for the result only after the deadline of the run that started the attempt', async () => {
    const { services, sagas, channel, clock } = orchestratorOnMemory();
    const origin = someOrigin();
    await handleEvent(someEvent('FILE_UPLOADED', someSource(), origin), services);
    for (const { id } of channel.published) channel.relayed.add(id);
    advanceSeconds(clock, 50 * 60);
    await handleEvent(someEvent('EXTRACTION_STARTED', { attempt: 1, target: 'lambda' }, origin), services);
    advanceSeconds(clock, 19 * 60);
    await sweepSagas(services, failLoudly);
    expect(ordersAmong(channel.published)).toHaveLength(1);
    advanceSeconds(clock, 2 * 60);
    await sweepSagas(services, failLoudly);
    expect(ordersAmong(channel.published)).toMatchObject([
      { payload: { attempt: 1 } },
      { payload: { attempt: 1 } },
    ]);
    expect((await sagas.load(origin.sagaId))?.state).toMatchObject({ status: 'PROCESSING', attempt: 1 });
  });

  it('restarts its deadline when a second run starts the attempt', async () => {
    const { services, sagas, clock } = orchestratorOnMemory();
    const origin = someOrigin();
    await handleEvent(someEvent('FILE_UPLOADED', someSource(), origin), services);
    const started = () => someEvent('EXTRACTION_STARTED', { attempt: 1, target: 'lambda' }, origin);
    await handleEvent(started(), services);
    advanceSeconds(clock, 10 * 60);
    await handleEvent(started(), services);
    expect((await sagas.load(origin.sagaId))?.state).toMatchObject({
      takenOn: true,
      deadlineAt: '2026-01-01T00:30:00.000Z',
    });
  });

  it('repeats the order of a ZIP that does not become available, and never fails or discards it', async () => {
    const orchestrator = orchestratorOnMemory();
    const { services, sagas, channel } = orchestrator;
    const origin = someOrigin();
    await handleEvent(someEvent('FILE_UPLOADED', someSource(), origin), services);
    await handleEvent(someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(1), origin), services);
    await waitADay(orchestrator);
    expect((await sagas.load(origin.sagaId))?.state).toMatchObject({ status: 'PUBLISHING', attempt: 1 });
    expect(ordersAmong(channel.published).map(({ payload }) => payload.attempt)).toContain(1);
    expect(channel.published.every(({ type }) => type === 'PROCESS_FILE')).toBe(true);
    await handleEvent(someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(1), origin), services);
    expect((await sagas.load(origin.sagaId))?.state.status).toBe('COMPLETED');
  });

  it('goes on with the next attempt when a repeated order of a published result fails', async () => {
    const { services, channel, clock } = orchestratorOnMemory();
    const origin = someOrigin();
    await handleEvent(someEvent('FILE_UPLOADED', someSource(), origin), services);
    await handleEvent(someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(1), origin), services);
    for (const { id } of channel.published) channel.relayed.add(id);
    advanceSeconds(clock, 46 * 60);
    await sweepSagas(services, failLoudly);
    await handleEvent(someEvent('FILE_FAILED', somePayload.FILE_FAILED(1), origin), services);
    expect(ordersAmong(channel.published).at(-1)).toMatchObject({
      payload: { attempt: 2, target: 'fargate' },
    });
  });
});

describe('the size of a saga', () => {
  it('stays far below the item limit of DynamoDB, however many events come', async () => {
    const { services, sagas } = orchestratorOnMemory();
    const origin = someOrigin();
    const fileName = '\u20ac'.repeat(85);
    for (let round = 0; round < 500; round += 1) {
      await handleEvent(someEvent('FILE_UPLOADED', someSource({ fileName }), origin), services);
      await handleEvent(someEvent('FILE_FAILED', somePayload.FILE_FAILED(1 + (round % 3)), origin), services);
    }
    await handleEvent(someEvent('FILE_DELETED', {}, origin), services);
    const saga = await sagas.load(origin.sagaId);
    expect(saga?.state.status).toBe('DELETED');
    expect(saga?.journal.at(-1)?.type).toBe('FILE_DELETED');
    expect(Buffer.byteLength(JSON.stringify(saga))).toBeLessThan(100_000);
  });
});

describe('delivery', () => {
  it('ignores an event that is delivered again after the answer to its write was lost', async () => {
    const { services, sagas, channel } = orchestratorOnMemory();
    const event = someEvent('FILE_UPLOADED', someSource());
    await handleEvent(event, services);
    const once = await sagas.load(event.sagaId);
    await handleEvent(event, services);
    expect(await sagas.load(event.sagaId)).toEqual(once);
    expect(channel.published).toHaveLength(1);
  });

  it('decides again on the newer state when another writer was first', async () => {
    const { services, sagas } = orchestratorOnMemory();
    const origin = someOrigin();
    await handleEvent(someEvent('FILE_UPLOADED', someSource(), origin), services);
    let interfered = false;
    sagas.beforeSave = async () => {
      if (interfered) return;
      interfered = true;
      await handleEvent(someEvent('FILE_DELETED', {}, origin), services);
    };
    await handleEvent(someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(), origin), services);
    expect((await sagas.load(origin.sagaId))?.state.status).toBe('DELETED');
  });

  it('republishes only unacknowledged events', async () => {
    const { services, sagas, channel, clock } = orchestratorOnMemory();
    const heard = someEvent('FILE_UPLOADED', someSource());
    const unheard = someEvent('FILE_UPLOADED', someSource());
    await handleEvent(heard, services);
    await handleEvent(unheard, services);
    const [first, second] = channel.published;
    if (first) channel.relayed.add(first.id);
    advanceSeconds(clock, 6);
    await sweepSagas(services, failLoudly);
    expect(channel.published.slice(2)).toEqual([second]);
    expect((await sagas.load(heard.sagaId))?.pending).toEqual([]);
    expect((await sagas.load(unheard.sagaId))?.pending).toEqual([second]);
  });

  it('goes on with the other sagas behind more broken ones than one page holds', async () => {
    const { services, sagas, channel, clock } = orchestratorOnMemory();
    const broken = Array.from({ length: 250 }, () => someEvent('FILE_UPLOADED', someSource()));
    const fine = someEvent('FILE_UPLOADED', someSource());
    for (const event of [...broken, fine]) await handleEvent(event, services);
    advanceSeconds(clock, 6);
    sagas.beforeSave = (saga) => {
      if (saga.sagaId !== fine.sagaId) throw new Error('not to be written');
    };
    channel.published.length = 0;
    await sweepSagas(services, () => undefined);
    expect(channel.published.map((event) => event.sagaId)).toEqual([fine.sagaId]);
  });

  it('goes on with the other sagas when one cannot be swept', async () => {
    const { services, sagas, channel, clock } = orchestratorOnMemory();
    const broken = someEvent('FILE_UPLOADED', someSource());
    const fine = someEvent('FILE_UPLOADED', someSource());
    await handleEvent(broken, services);
    await handleEvent(fine, services);
    advanceSeconds(clock, 6);
    sagas.beforeSave = (saga) => {
      if (saga.sagaId === broken.sagaId) throw new Error('throttled');
    };
    const failed: string[] = [];
    await sweepSagas(services, (sagaId) => failed.push(sagaId));
    expect(failed).toEqual([broken.sagaId]);
    expect(channel.published.slice(2).map((event) => event.sagaId)).toEqual([fine.sagaId]);
  });
});
