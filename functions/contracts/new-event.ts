import type { SagaEvent, SagaEventOf, SagaEventType } from './events.ts';
import type { CorrelationId, EventId, UserId, VideoId } from './ids.ts';

/** The fields that all events of a saga share. */
export interface EventOrigin {
  sagaId: VideoId;
  userId: UserId;
  correlationId: CorrelationId;
}

/** The fields that make an event unique: a new id and the time. The caller passes them, so that decisions stay pure. */
export interface EventStamp {
  id: EventId;
  at: Date;
}

/** Creates an event of a saga. @param causationId the event that caused it; null if an HTTP call or S3 caused it. */
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

/** Creates an event that another event caused, with the same saga and correlation id. */
export const followUp = <const Type extends SagaEventType>(
  cause: SagaEvent,
  type: Type,
  payload: SagaEventOf<Type>['payload'],
  stamp: EventStamp,
) => newEvent(type, cause, payload, stamp, cause.id);
