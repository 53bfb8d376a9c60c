import type { SagaEventOf, SagaEventType } from './events.ts';

/** One handler for each of these event types. */
export type EventHandlers<Type extends SagaEventType, Result> = {
  readonly [Each in Type]: (event: SagaEventOf<Each>) => Result;
};

/** Calls the handler for the event's type. A missing handler does not compile. */
export const match = <Type extends SagaEventType, Result>(
  event: SagaEventOf<Type>,
  handlers: EventHandlers<Type, Result>,
): Result => handlers[event.type](event);
