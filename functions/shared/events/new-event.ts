import { v7 as uuidV7 } from 'uuid';
import type { SagaEvent, SagaEventOf, SagaEventType } from '../../contracts/events.ts';
import { type CorrelationId, EventId, type UserId, type VideoId } from '../../contracts/ids.ts';

/** What every event of a saga has in common. */
export interface EventOrigin {
  sagaId: VideoId;
  userId: UserId;
  correlationId: CorrelationId;
}

/** A new event id: UUID v7, so that ids sort by the time they were made. */
export const newEventId = (): EventId => EventId.parse(uuidV7());

/** The first event of a chain: caused by a call or by S3, not by another event. */
export const newEvent = <const Type extends SagaEventType>(
  type: Type,
  origin: EventOrigin,
  payload: SagaEventOf<Type>['payload'],
  now: Date,
) => ({
  id: newEventId(),
  type,
  version: 1 as const,
  occurredAt: now.toISOString(),
  sagaId: origin.sagaId,
  userId: origin.userId,
  correlationId: origin.correlationId,
  causationId: null,
  payload,
});

/** An event that another one caused: same saga, same correlation. */
export const followUp = <const Type extends SagaEventType>(
  cause: SagaEvent,
  type: Type,
  payload: SagaEventOf<Type>['payload'],
  now: Date,
) => ({ ...newEvent(type, cause, payload, now), causationId: cause.id });
