import type { SagaEvent, SagaEventType } from './events.ts';

/** The inbox queues, one per consumer. `worker` is the process context's second one: Fargate reads it. */
export const INBOXES = ['upload', 'process', 'worker', 'download', 'orchestrator'] as const;
export type Inbox = (typeof INBOXES)[number];

/**
 * Who hears of what. The upload context hears of every step only to show it in the video's timeline; the download
 * context hears of everything that happens to an upload, to answer from its own row why there is nothing to download.
 */
const ROUTES = {
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
} satisfies { [Type in SagaEventType]: (event: Extract<SagaEvent, { type: Type }>) => readonly Inbox[] };

/** The inboxes that this event goes to. */
export const inboxesFor = (event: SagaEvent): readonly Inbox[] => {
  switch (event.type) {
    case 'PROCESS_FILE':
      return ROUTES.PROCESS_FILE(event);
    default:
      return ROUTES[event.type]();
  }
};

/**
 * The message group of an event in its inboxes: messages of one group are handled one after the other. A saga is a
 * group, but each attempt is one of its own, so that the next attempt does not wait for the message of a run that hangs
 * or has died; and so is a discard, so that it does not wait for a result that fails because its objects are discarded
 * already. Their order does not matter: the rows fence off what comes late.
 */
export const messageGroupOf = (event: SagaEvent): string => {
  switch (event.type) {
    case 'PROCESS_FILE':
      return `${event.sagaId}.${event.payload.attempt}`;
    case 'DISCARD_FILE':
      return `${event.sagaId}.discard`;
    default:
      return event.sagaId;
  }
};
