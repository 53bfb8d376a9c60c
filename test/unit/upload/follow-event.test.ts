import { expect, test } from 'vitest';
import type { VideoStatus } from '../../../functions/contracts/http.ts';
import { followDiscard, followEvent } from '../../../functions/upload/core/follow-event.ts';
import type { ProgressEvent } from '../../../functions/upload/core/saga-changes.ts';
import type { StoredVideo } from '../../../functions/upload/core/video.ts';
import { someEvent, somePayload } from '../../support/events.ts';
import { someVideo, uploadOnMemory } from '../../support/upload-fakes.ts';

const setUp = (status: VideoStatus = 'UPLOADED') => {
  const video = someVideo({ status });
  const { id: sagaId, userId, correlationId } = video;
  const services = uploadOnMemory(video);
  const stored = () => services.videos.find(video.id);
  const timeline = () => services.videos.timeline(video.id);
  return { video, origin: { sagaId, userId, correlationId }, services, stored, timeline };
};

type Origin = ReturnType<typeof setUp>['origin'];
const RUN = { attempt: 1, target: 'lambda' } as const;
const FAILURE = { code: 'CORRUPT_VIDEO', message: 'The file is damaged.' } as const;
const ordered = (origin: Origin) =>
  someEvent('PROCESS_FILE', { ...RUN, source: somePayload.FILE_UPLOADED() }, origin);
const started = (origin: Origin) => someEvent('EXTRACTION_STARTED', RUN, origin);
const processed = (origin: Origin) => someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(), origin);
const failed = (origin: Origin) => someEvent('FILE_FAILED', somePayload.FILE_FAILED(), origin);
const available = (origin: Origin) => someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(), origin);
const gaveUp = (origin: Origin) => someEvent('DISCARD_FILE', { reason: 'FAILED', ...FAILURE }, origin);
const deleted = (origin: Origin) => someEvent('DISCARD_FILE', { reason: 'DELETED' }, origin);

const READY = { status: 'READY', frames: 4, expiresAt: new Date('2030-01-01T00:00:00.000Z') } as const;

test.each<{
  make: (origin: Origin) => ProgressEvent;
  becomes: Partial<StoredVideo>;
  told: Record<string, unknown>;
}>([
  { make: ordered, becomes: { status: 'UPLOADED' }, told: RUN },
  { make: started, becomes: { status: 'PROCESSING' }, told: RUN },
  { make: processed, becomes: { status: 'UPLOADED' }, told: { attempt: 1 } },
  {
    make: failed,
    becomes: { status: 'UPLOADED' },
    told: { attempt: 1, code: 'INTERNAL', message: 'It failed.' },
  },
  { make: available, becomes: READY, told: { attempt: 1 } },
])('$make.name: the video shows it once, and causes no event', async ({ make, becomes, told }) => {
  const { video, origin, services, stored, timeline } = setUp();
  const event = make(origin);
  await followEvent(event, services);
  await followEvent(event, services);
  expect(await stored()).toEqual({ ...video, ...becomes });
  expect(await timeline()).toEqual([{ type: event.type, occurredAt: event.occurredAt, ...told }]);
  expect(services.videos.events).toEqual([]);
});

test('a status never goes back, but the timeline records every event', async () => {
  const { origin, services, stored, timeline } = setUp();
  await followEvent(available(origin), services);
  await followEvent(started(origin), services);
  expect(await stored()).toMatchObject(READY);
  expect((await timeline()).map(({ type }) => type)).toEqual(['FILE_AVAILABLE', 'EXTRACTION_STARTED']);
});

test('a saga that gives up fails its video permanently, with the reason, and causes no event', async () => {
  const { origin, services, stored, timeline } = setUp('READY');
  const event = gaveUp(origin);
  await followDiscard(event, services);
  await followEvent(available(origin), services);
  expect(await stored()).toMatchObject({ status: 'FAILED', failure: FAILURE });
  expect((await timeline())[0]).toEqual({ type: 'DISCARD_FILE', occurredAt: event.occurredAt, ...FAILURE });
  expect(services.videos.events).toEqual([]);
});

test('the discard of a deleted video removes its source and row, leaves a tombstone, and causes no event', async () => {
  const { video, origin, services } = setUp('READY');
  services.sources.objects.set(video.storageKey, new Uint8Array(1));
  await services.videos.markDeleted(video.id, video.userId, () => []);
  await followDiscard(deleted(origin), services);
  await followEvent(available(origin), services);
  expect(services.sources.objects.size).toBe(0);
  expect(services.videos.tombstones).toEqual([{ videoId: video.id, storageKey: video.storageKey }]);
  expect(await services.videos.storageKeyOf(video.id)).toBeUndefined();
  expect(services.videos.events).toEqual([]);
});
