import type { SagaEvent, SagaEventType } from './events.ts';
import { type EventHandlers, match } from './match.ts';

/** The inbox queues, one per consumer. `worker` is the process context's second one: Fargate reads it. */
export const INBOXES = ['upload', 'process', 'worker', 'download', 'orchestrator'] as const;
export type Inbox = (typeof INBOXES)[number];

/**
 * Who hears of what. The upload context hears of every step only to show it in the video's timeline; the download
 * context hears of everything that happens to an upload, to answer from its own row why there is nothing to download.
 */
const ROUTES: EventHandlers<SagaEventType, readonly Inbox[]> = {
  VIDEO_CREATED: () => ['download'],
  UPLOAD_EXPIRED: () => ['download'],
  UPLOAD_REFUSED: () => ['download'],
  FILE_UPLOADED: () => ['orchestrator', 'download'],
  PROCESS_FILE: (event) => [event.payload.target === 'lambda' ? 'process' : 'worker', 'upload'],
  EXTRACTION_STARTED: () => ['orchestrator', 'upload'],
  FILE_PROCESSED: () => ['download', 'orchestrator', 'upload'],
  FILE_AVAILABLE: () => ['upload', 'orchestrator'],
  FILE_FAILED: () => ['orchestrator', 'upload'],
  FILE_DELETED: () => ['orchestrator'],
  DISCARD_FILE: () => ['upload', 'process', 'download'],
};

const ofSaga = ({ sagaId }: SagaEvent): string => sagaId;

const MESSAGE_GROUPS: EventHandlers<SagaEventType, string> = {
  VIDEO_CREATED: ofSaga,
  UPLOAD_EXPIRED: ofSaga,
  UPLOAD_REFUSED: ofSaga,
  FILE_UPLOADED: ofSaga,
  PROCESS_FILE: ({ sagaId, payload }) => `${sagaId}.${payload.attempt}`,
  EXTRACTION_STARTED: ofSaga,
  FILE_PROCESSED: ofSaga,
  FILE_AVAILABLE: ofSaga,
  FILE_FAILED: ofSaga,
  FILE_DELETED: ofSaga,
  DISCARD_FILE: ({ sagaId }) => `${sagaId}.discard`,
};

/** The inboxes that this event goes to. */
export const inboxesFor = (event: SagaEvent): readonly Inbox[] => match(event, ROUTES);

/**
 * The message group of an event in its inboxes: messages of one group are handled one after the other. A saga is a
 * group, but each attempt is one of its own, so that the next attempt does not wait for the message of a run that hangs
 * or has died; and so is a discard, so that it does not wait for a result that fails because its objects are discarded
 * already. Their order does not matter: the rows fence off what comes late.
 */
export const messageGroupOf = (event: SagaEvent): string => match(event, MESSAGE_GROUPS);
