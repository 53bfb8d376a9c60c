import type { SagaEvent, SourceDescription } from '../../contracts/events.ts';
import type { TimelineEntry } from '../../contracts/http/videos.ts';
import type { CorrelationId, EventId } from '../../contracts/ids.ts';
import { type EventStamp, newEvent } from '../../contracts/new-event.ts';
import type { FollowedEvent, StatusChange, VideoChange } from './saga-changes.ts';
import type { StoredVideo, VideoFailure } from './video.ts';
import { awaitsSource, mayBecome } from './video-status.ts';

/** The parts of a video that decisions need. */
export type LockedVideo = Pick<StoredVideo, 'id' | 'userId' | 'correlationId' | 'status' | 'formExpiresAt'>;

/** An entry in a video's timeline, and its event. */
export interface TimelineRecord {
  eventId: EventId;
  entry: TimelineEntry;
}

/** A decision about a video. All parts are stored in one transaction. */
export interface VideoDecision {
  /** The new status; undefined if it does not change. */
  to: StatusChange | undefined;
  timeline: TimelineRecord;
  events: readonly SagaEvent[];
}

/** The video was created: VIDEO_CREATED, with the creation time from the database. */
export const decideCreation = (
  video: Pick<StoredVideo, 'id' | 'userId' | 'correlationId' | 'createdAt'>,
  { id }: EventStamp,
): Omit<VideoDecision, 'to'> => {
  const event = newEvent('VIDEO_CREATED', originOf(video), {}, { id, at: video.createdAt });
  return { timeline: recordOf(event), events: [event] };
};

/** The source is valid: UPLOADED, and FILE_UPLOADED. Undefined if the source is no longer awaited. */
export const decideAcceptance = (
  video: LockedVideo,
  source: SourceDescription,
  stamp: EventStamp,
): VideoDecision | undefined => {
  if (!awaitsSource(video.status)) return undefined;
  const event = newEvent('FILE_UPLOADED', originOf(video), source, stamp);
  return { to: { status: 'UPLOADED' }, timeline: recordOf(event), events: [event] };
};

/**
 * The source cannot be used: FAILED, and UPLOAD_REFUSED. Undefined if the source is no longer awaited: after that, only
 * the saga can make the video fail.
 */
export const decideRefusal = (
  video: LockedVideo,
  failure: VideoFailure,
  stamp: EventStamp,
): VideoDecision | undefined => {
  if (!awaitsSource(video.status)) return undefined;
  const event = newEvent('UPLOAD_REFUSED', originOf(video), failure, stamp);
  return { to: { status: 'FAILED', failure }, timeline: recordOf(event, failure), events: [event] };
};

/**
 * The source never arrived: EXPIRED, and UPLOAD_EXPIRED. Undefined if the video has a later status or its form is still
 * valid: it may have been renewed in the meantime.
 *
 * @param now the database's time, because the form's expiry uses the database's clock
 */
export const decideExpiry = (video: LockedVideo, now: Date, stamp: EventStamp): VideoDecision | undefined => {
  if (!mayBecome(video.status, 'EXPIRED') || video.formExpiresAt >= now) return undefined;
  const event = newEvent('UPLOAD_EXPIRED', originOf(video), {}, stamp);
  return { to: { status: 'EXPIRED' }, timeline: recordOf(event), events: [event] };
};

/** The video was deleted: FILE_DELETED, with the correlation id of the call that deleted it. */
export const decideDeletion = (
  { id: sagaId, userId }: Pick<StoredVideo, 'id' | 'userId'>,
  correlationId: CorrelationId,
  stamp: EventStamp,
): readonly SagaEvent[] => [newEvent('FILE_DELETED', { sagaId, userId, correlationId }, {}, stamp)];

/** Adds a saga event to the timeline, and changes the status if the new one is later. */
export const decideFollowing = (
  video: LockedVideo,
  event: FollowedEvent,
  { to, entry }: VideoChange,
): VideoDecision => ({
  to: to && mayBecome(video.status, to.status) ? to : undefined,
  timeline: { eventId: event.id, entry },
  events: [],
});

const originOf = ({ id: sagaId, userId, correlationId }: Omit<LockedVideo, 'status' | 'formExpiresAt'>) => ({
  sagaId,
  userId,
  correlationId,
});

const recordOf = (
  { id: eventId, type, occurredAt }: Pick<SagaEvent, 'id' | 'type' | 'occurredAt'>,
  failure?: VideoFailure,
): TimelineRecord => ({ eventId, entry: { type, occurredAt, ...failure } });
