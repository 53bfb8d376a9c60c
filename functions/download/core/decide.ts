import type { SagaEvent, SagaEventOf } from '../../contracts/events.ts';
import { ARTIFACT_LIFETIME_SECONDS } from '../../contracts/limits.ts';
import { type EventStamp, followUp } from '../../contracts/new-event.ts';
import { type Artifact, mayBecome, newsOf, type UploadEvent, wantsAttempt } from './artifact.ts';

/** The effect of an event. Both parts are stored in one transaction. */
export interface ArtifactDecision {
  /** The new artifact; undefined if it does not change. */
  artifact: Artifact | undefined;
  events: readonly SagaEvent[];
}

const NOTHING: ArtifactDecision = { artifact: undefined, events: [] };

/** Moves to the event's state, unless the artifact already has a later one. */
export const decideUpload = (artifact: Artifact, event: UploadEvent): ArtifactDecision => {
  const news = newsOf(event);
  if (!mayBecome(artifact.state, news.state)) return NOTHING;
  const { videoId, userId } = artifact;
  return { artifact: { videoId, userId, ...news }, events: [] };
};

/**
 * Registers a result: AVAILABLE, and FILE_AVAILABLE. Does nothing if the result is no longer needed. If a registered
 * result is reported again with another event id, only FILE_AVAILABLE is emitted again.
 *
 * @param now the database's time, because the expiry uses the database's clock
 */
export const decideRegistration = (
  artifact: Artifact,
  event: SagaEventOf<'FILE_PROCESSED'>,
  now: Date,
  stamp: EventStamp,
): ArtifactDecision => {
  const { attempt, sizeBytes, framesDelivered: frames } = event.payload;
  const available = (expiresAt: Date): SagaEvent =>
    followUp(
      event,
      'FILE_AVAILABLE',
      { attempt, sizeBytes, frames, expiresAt: expiresAt.toISOString() },
      stamp,
    );
  if (!wantsAttempt(artifact, attempt)) {
    const isKnown = artifact.state === 'AVAILABLE' && artifact.archive.attempt === attempt;
    return isKnown ? { artifact: undefined, events: [available(artifact.archive.expiresAt)] } : NOTHING;
  }
  const { videoId, userId } = artifact;
  const { fileName, storageKey: zipKey, manifestKey, sha256 } = event.payload;
  const secondsLeft = ARTIFACT_LIFETIME_SECONDS;
  const expiresAt = new Date(now.getTime() + secondsLeft * 1000);
  const archive = { attempt, zipKey, manifestKey, sizeBytes, sha256, frames, expiresAt, secondsLeft };
  return {
    artifact: { videoId, userId, fileName, state: 'AVAILABLE', archive },
    events: [available(expiresAt)],
  };
};

/** DISCARDED or DELETED, depending on the event. Later results are then not registered. */
export const decideDiscard = (
  artifact: Artifact,
  { payload: { reason } }: SagaEventOf<'DISCARD_FILE'>,
): ArtifactDecision => {
  const state = reason === 'DELETED' ? 'DELETED' : 'DISCARDED';
  if (!mayBecome(artifact.state, state)) return NOTHING;
  const { videoId, userId } = artifact;
  return { artifact: { videoId, userId, fileName: '', state }, events: [] };
};
