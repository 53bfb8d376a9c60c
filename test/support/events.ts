import { v7 as uuidV7 } from 'uuid';
import type {
  FileUploaded,
  SagaEventOf,
  SagaEventType,
  SourceDescription,
} from '../../functions/contracts/events.ts';
import { CorrelationId, UserId, VideoId } from '../../functions/contracts/ids.ts';
import { type EventOrigin, newEvent } from '../../functions/contracts/new-event.ts';
import { newEventId } from '../../functions/shared/events/event-stamps.ts';

/** A fresh saga's identity. */
export const someOrigin = (): EventOrigin => ({
  sagaId: VideoId.parse(uuidV7()),
  userId: UserId.parse(uuidV7()),
  correlationId: CorrelationId.parse(uuidV7()),
});

export const someSource = (change: Partial<SourceDescription> = {}): SourceDescription => ({
  fileName: 'holiday.mp4',
  storageKey: 'users/u/videos/v/source.mp4',
  etag: '"abc"',
  sizeBytes: 1_000_000,
  container: 'mp4',
  intervalSeconds: 10,
  ...change,
});

/** Payloads with default values for fields that a test does not depend on. */
export const somePayload = {
  FILE_UPLOADED: (): FileUploaded['payload'] => someSource(),
  FILE_PROCESSED: (attempt = 1): SagaEventOf<'FILE_PROCESSED'>['payload'] => ({
    attempt,
    fileName: 'holiday.mp4',
    storageKey: 'users/u/videos/v/frames.zip',
    manifestKey: 'users/u/videos/v/frames/manifest.json',
    sizeBytes: 4_000,
    sha256: 'a'.repeat(64),
    framesExpected: 4,
    framesDelivered: 4,
    extractionSeconds: 1.5,
  }),
  FILE_AVAILABLE: (attempt = 1): SagaEventOf<'FILE_AVAILABLE'>['payload'] => ({
    attempt,
    sizeBytes: 4_000,
    frames: 4,
    expiresAt: '2030-01-01T00:00:00.000Z',
  }),
  FILE_FAILED: (attempt = 1, retryable = true): SagaEventOf<'FILE_FAILED'>['payload'] => ({
    attempt,
    retryable,
    code: retryable ? 'INTERNAL' : 'CORRUPT_VIDEO',
    message: 'It failed.',
  }),
};

/** An event of a saga, at a fixed time by default. */
export const someEvent = <const Type extends SagaEventType>(
  type: Type,
  payload: SagaEventOf<Type>['payload'],
  origin: EventOrigin = someOrigin(),
  now = new Date('2026-01-01T00:00:00.000Z'),
) => newEvent(type, origin, payload, { id: newEventId(), at: now });
