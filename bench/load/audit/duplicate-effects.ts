import type { Upload } from '../uploads.ts';
import type { Stored } from './rows.ts';

/**
 * Effects that happened more than once, a line for each:
 * - a video too many: a row that no client asked for;
 * - a fact stated twice: a source accepted, an attempt's outcome, or an availability with two outbox rows;
 * - a command given twice: an attempt ordered, or a video discarded, under two event ids;
 * - an event acted on twice: in a saga's journal, or a line of a video's timeline.
 */
export const duplicateEffects = (uploads: readonly Upload[], stored: Stored): string[] => {
  const known = new Set(uploads.map((upload) => upload.videoId));
  const users = new Set(uploads.map(({ user }) => user.id));
  return [
    ...stored.videos
      .filter(({ id, userId }) => users.has(userId) && !known.has(id))
      .map(({ id }) => `video ${id} was never asked for`),
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

/** What each run of an attempt says once more: another run takes over from one that was stopped. */
const MAY_REPEAT: ReadonlySet<string> = new Set(['EXTRACTION_STARTED']);

/**
 * An attempt has one outcome, whichever it is. The timeline may hold two: the orchestrator's own deadline fails an
 * attempt whose worker has still to speak.
 */
const OUTCOMES: ReadonlySet<string> = new Set(['FILE_PROCESSED', 'FILE_FAILED']);
const effectOf = (type: string): string => (OUTCOMES.has(type) ? 'outcome' : type);

const attemptOf = (payload: object): string => ('attempt' in payload ? String(payload.attempt) : '');

const repeated = (effects: readonly string[]): string[] =>
  [...Map.groupBy(effects, (effect) => effect)]
    .filter(([, times]) => times.length > 1)
    .map(([effect, times]) => `${effect.trim()}: ${times.length} times`);
