import type { SagaEvent, SourceDescription } from '../../contracts/events.ts';
import type { TimelineEntry } from '../../contracts/http/videos.ts';
import type { CorrelationId, EventId } from '../../contracts/ids.ts';
import { type EventStamp, newEvent } from '../../contracts/new-event.ts';
import type { FollowedEvent, StatusChange, VideoChange } from './saga-changes.ts';
import type { StoredVideo, VideoFailure } from './video.ts';
import { awaitsSource, mayBecome } from './video-status.ts';

/** A video as far as decisions need it. */
export type LockedVideo = Pick<StoredVideo, 'id' | 'userId' | 'correlationId' | 'status' | 'formExpiresAt'>;

/** An entry of a video's timeline, and the event that it tells of. */
export interface TimelineRecord {
  eventId: EventId;
  entry: TimelineEntry;
}

/** What is to become of a video. All parts are stored in one transaction. */
export interface VideoDecision {
  /** The status to move to; undefined where it stays as it is. */
  to: StatusChange | undefined;
  timeline: TimelineRecord;
  events: readonly SagaEvent[];
}

/** What tells of a video that was just created: VIDEO_CREATED, at the time of the database that stored it. */
export const decideCreation = (
  video: Pick<StoredVideo, 'id' | 'userId' | 'correlationId' | 'createdAt'>,
  { id }: EventStamp,
): Omit<VideoDecision, 'to'> => {
  const event = newEvent('VIDEO_CREATED', originOf(video), {}, { id, at: video.createdAt });
  return { timeline: recordOf(event), events: [event] };
};

/** The source is there and sound: UPLOADED, and FILE_UPLOADED. Undefined where it is not awaited any more. */
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
 * The source is there and cannot be used: FAILED, and UPLOAD_REFUSED. Undefined where it is not awaited any more: a
 * video that has its source fails by its saga alone.
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
 * The source never came: EXPIRED, and UPLOAD_EXPIRED. Undefined where the video is past that, or its form lives: it may
 * have been renewed since the caller looked.
 *
 * @param now the database's time, which the form's expiry is measured by.
 */
export const decideExpiry = (video: LockedVideo, now: Date, stamp: EventStamp): VideoDecision | undefined => {
  if (!mayBecome(video.status, 'EXPIRED') || video.formExpiresAt >= now) return undefined;
  const event = newEvent('UPLOAD_EXPIRED', originOf(video), {}, stamp);
  return { to: { status: 'EXPIRED' }, timeline: recordOf(event), events: [event] };
};

/** What tells of a deleted video: FILE_DELETED, in the name of the call that deleted it. */
export const decideDeletion = (
  { id: sagaId, userId }: Pick<StoredVideo, 'id' | 'userId'>,
  correlationId: CorrelationId,
  stamp: EventStamp,
): readonly SagaEvent[] => [newEvent('FILE_DELETED', { sagaId, userId, correlationId }, {}, stamp)];

/** Tells of an event of the saga in the timeline, and moves the status where the change goes forward. */
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
