import type { SagaEvent, SagaEventType } from './events.ts';
import { type EventHandlers, match } from './match.ts';

/** The inbox queues, one per consumer. `worker` is the process context's second inbox, which Fargate reads. */
export const INBOXES = ['upload', 'process', 'worker', 'download', 'orchestrator'] as const;
export type Inbox = (typeof INBOXES)[number];

/**
 * The receivers of each event. The upload context receives every step, to show it in the video's timeline. The download
 * context receives every event about the upload, so that its own row explains why there is no download yet.
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

/** The inboxes that receive this event. */
export const inboxesFor = (event: SagaEvent): readonly Inbox[] => match(event, ROUTES);

/**
 * The message group of an event in its inboxes. Messages of one group are handled one after another. A saga is a group,
 * with two exceptions. Each attempt has its own group, so that the next attempt does not wait for the message of a run
 * that hangs or has crashed. A discard has its own group, so that it does not wait for a result that fails because its
 * objects are already gone. The order of these groups does not matter: the rows reject late events.
 */
export const messageGroupOf = (event: SagaEvent): string => match(event, MESSAGE_GROUPS);
