import type { Upload } from '../uploads.ts';
import type { Stored } from './rows.ts';

/**
 * One line per effect that happened more than once:
 * - an additional video: a row that no client requested;
 * - a repeated fact: an accepted source, an attempt's outcome or an availability with two outbox rows;
 * - a repeated command: an ordered attempt or a discarded video under two event ids;
 * - an event that was processed twice: a repeated entry in a saga's journal or in a video's timeline.
 */
export const duplicateEffects = (uploads: readonly Upload[], stored: Stored): string[] => {
  const known = new Set(uploads.map((upload) => upload.videoId));
  const users = new Set(uploads.map(({ user }) => user.id));
  return [
    ...stored.videos
      .filter(({ id, userId }) => users.has(userId) && !known.has(id))
      .map(({ id }) => `video ${id} was never requested`),
    ...repeated(
      stored.emitted
        .filter(({ type }) => !MAY_REPEAT.has(type))
        .map((event) => `${event.sagaId} ${effectOf(event.type)} ${attemptOf(event.payload)}`),
    ),
    ...repeated(
      stored.timeline
        .filter(({ type }) => !OUTCOMES.has(type) && !MAY_REPEAT.has(type))
        .map(({ videoId, type, attempt }) => `${videoId} timeline ${type} ${attempt ?? ''}`),
    ),
    ...repeated(
      stored.sagas.flatMap(({ sagaId, journal }) => journal.map(({ eventId }) => `${sagaId} ${eventId}`)),
    ),
  ];
};

/** Events that may repeat: each run of an attempt emits them, and a new run replaces an interrupted one. */
const MAY_REPEAT: ReadonlySet<string> = new Set(['EXTRACTION_STARTED']);

/**
 * An attempt has exactly one outcome in the outboxes. The timeline may contain two: the orchestrator's deadline may
 * fail an attempt before its worker reports an outcome.
 */
const OUTCOMES: ReadonlySet<string> = new Set(['FILE_PROCESSED', 'FILE_FAILED']);
const effectOf = (type: string): string => (OUTCOMES.has(type) ? 'outcome' : type);

const attemptOf = (payload: object): string => ('attempt' in payload ? String(payload.attempt) : '');

const repeated = (effects: readonly string[]): string[] =>
  [...Map.groupBy(effects, (effect) => effect)]
    .filter(([, times]) => times.length > 1)
    .map(([effect, times]) => `${effect.trim()}: ${times.length} times`);
