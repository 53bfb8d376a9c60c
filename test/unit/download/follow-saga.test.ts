import { describe, expect, test } from 'vitest';
import type { SagaEventOf } from '../../../functions/contracts/events.ts';
import { ARTIFACT_LIFETIME_SECONDS } from '../../../functions/contracts/limits.ts';
import type { UploadEvent } from '../../../functions/download/core/artifact.ts';
import { ArchiveIncompleteError } from '../../../functions/download/core/errors.ts';
import {
  discardArtifact,
  followUpload,
  registerArchive,
} from '../../../functions/download/core/follow-saga.ts';
import { newEventId } from '../../../functions/shared/events/event-stamps.ts';
import { downloadOnMemory } from '../../support/download-fakes.ts';
import { someEvent, someOrigin, somePayload } from '../../support/events.ts';
import { STAMPED_AT, someStamp } from '../../support/stamps.ts';

type Processed = SagaEventOf<'FILE_PROCESSED'>;

/** The database's time, which differs from the time of the stamps. */
const NOW = new Date('2026-01-01T00:00:00.000Z');
const EXPIRES_AT = new Date(NOW.getTime() + ARTIFACT_LIFETIME_SECONDS * 1000).toISOString();

const setUp = () => {
  const download = downloadOnMemory(NOW);
  const origin = someOrigin();
  const { storageKey, sizeBytes } = somePayload.FILE_PROCESSED();
  download.sizes.set(storageKey, sizeBytes);
  const processed = (attempt = 1): Processed =>
    someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(attempt), origin);
  const discard = someEvent('DISCARD_FILE', { reason: 'DELETED' }, origin);
  return { ...download, origin, processed, discard };
};

/** The whole FILE_AVAILABLE event that this FILE_PROCESSED causes. */
const available = (cause: Processed, stampNumber: number) => ({
  id: someStamp(stampNumber).id,
  type: 'FILE_AVAILABLE',
  version: 1,
  occurredAt: STAMPED_AT.toISOString(),
  sagaId: cause.sagaId,
  userId: cause.userId,
  correlationId: cause.correlationId,
  causationId: cause.id,
  payload: { attempt: cause.payload.attempt, sizeBytes: 4_000, frames: 4, expiresAt: EXPIRES_AT },
});

describe('FILE_PROCESSED', () => {
  test('makes the ZIP available for its lifetime by the database’s clock and causes one FILE_AVAILABLE', async () => {
    const { services, artifacts, origin, processed } = setUp();
    const event = processed();
    await registerArchive(event, services);
    await registerArchive(event, services);
    expect(artifacts.events).toEqual([available(event, 1)]);
    expect(await artifacts.find(origin.sagaId)).toMatchObject({
      state: 'AVAILABLE',
      fileName: event.payload.fileName,
      archive: { attempt: 1, expiresAt: new Date(EXPIRES_AT), secondsLeft: ARTIFACT_LIFETIME_SECONDS },
    });
  });

  test('under another event id causes FILE_AVAILABLE again, with the expiry as it was', async () => {
    const { services, artifacts, processed } = setUp();
    const [first, again] = [processed(), processed()];
    await registerArchive(first, services);
    await registerArchive(again, services);
    expect(artifacts.events).toEqual([available(first, 1), available(again, 2)]);
  });

  test('of a later attempt replaces the ZIP; of an earlier one it causes no event', async () => {
    const { services, artifacts, origin, processed } = setUp();
    const [first, second] = [processed(1), processed(2)];
    await registerArchive(first, services);
    await registerArchive(second, services);
    await registerArchive({ ...first, id: newEventId() }, services);
    expect(artifacts.events).toEqual([available(first, 1), available(second, 2)]);
    expect(await artifacts.find(origin.sagaId)).toMatchObject({ archive: { attempt: 2 } });
  });

  test('fails and changes nothing when the ZIP has another size than the event says', async () => {
    const { services, artifacts, sizes, origin, processed } = setUp();
    const event = processed();
    sizes.set(event.payload.storageKey, 1);
    await expect(registerArchive(event, services)).rejects.toThrow(ArchiveIncompleteError);
    expect(artifacts.events).toEqual([]);
    expect(await artifacts.find(origin.sagaId)).toBeUndefined();
  });

  test('causes no event after a discard and does not need the ZIP', async () => {
    const { services, artifacts, sizes, origin, processed, discard } = setUp();
    sizes.clear();
    await discardArtifact(discard, services);
    await registerArchive(processed(), services);
    expect(artifacts.events).toEqual([]);
    expect(await artifacts.find(origin.sagaId)).toMatchObject({ state: 'DELETED' });
  });
});

test('an upload event moves the artifact forward only, and causes no event', async () => {
  const { services, artifacts, origin } = setUp();
  const stateAfter = async (event: UploadEvent) => {
    await followUpload(event, services);
    return (await artifacts.find(origin.sagaId))?.state;
  };
  expect(await stateAfter(someEvent('VIDEO_CREATED', {}, origin))).toBe('AWAITED');
  expect(await stateAfter(someEvent('FILE_UPLOADED', somePayload.FILE_UPLOADED(), origin))).toBe('PENDING');
  expect(await stateAfter(someEvent('UPLOAD_EXPIRED', {}, origin))).toBe('PENDING');
  expect(artifacts.events).toEqual([]);
});

test('a discard keeps only the owner, and DELETED stays DELETED', async () => {
  const { services, artifacts, origin, processed, discard } = setUp();
  await registerArchive(processed(), services);
  await discardArtifact(discard, services);
  const gaveUp = { reason: 'FAILED', code: 'INTERNAL', message: 'It failed.' } as const;
  await discardArtifact(someEvent('DISCARD_FILE', gaveUp, origin), services);
  expect(await artifacts.find(origin.sagaId)).toEqual({
    ...{ videoId: origin.sagaId, userId: origin.userId },
    ...{ fileName: '', state: 'DELETED' },
  });
});
