import type { SagaEvent, SagaEventOf, SagaEventType } from './events.ts';
import type { CorrelationId, EventId, UserId, VideoId } from './ids.ts';

/** What every event of a saga has in common. */
export interface EventOrigin {
  sagaId: VideoId;
  userId: UserId;
  correlationId: CorrelationId;
}

/** What tells an event from every other: a fresh id and the time. The caller brings it, so that decisions stay pure. */
export interface EventStamp {
  id: EventId;
  at: Date;
}

/** An event of a saga. @param causationId the event that caused it; null where a call or S3 did. */
export const newEvent = <const Type extends SagaEventType>(
  type: Type,
  { sagaId, userId, correlationId }: EventOrigin,
  payload: SagaEventOf<Type>['payload'],
  { id, at }: EventStamp,
  causationId: EventId | null = null,
) => ({
  id,
  type,
  version: 1 as const,
  occurredAt: at.toISOString(),
  sagaId,
  userId,
  correlationId,
  causationId,
  payload,
});

/** An event that another one caused: same saga, same correlation. */
export const followUp = <const Type extends SagaEventType>(
  cause: SagaEvent,
  type: Type,
  payload: SagaEventOf<Type>['payload'],
  stamp: EventStamp,
) => newEvent(type, cause, payload, stamp, cause.id);
