import { VideoStatus } from '../../contracts/http/videos.ts';

/**
 * How far along each status is. A video only ever moves to a later one, so events may come in any order and any
 * number of times: the same ones end in the same status. FAILED is last because the orchestrator's DISCARD_FILE is
 * final: it also removes the ZIP that an earlier FILE_AVAILABLE spoke of.
 */
const RANK = {
  AWAITING_UPLOAD: 0,
  EXPIRED: 1,
  UPLOADED: 2,
  PROCESSING: 3,
  READY: 4,
  // Never stored: a READY video is shown so once its result has expired.
  RESULT_EXPIRED: 5,
  FAILED: 6,
} as const satisfies Record<VideoStatus, number>;

/** Whether a video in `from` may move to `to`. */
export const mayBecome = (from: VideoStatus, to: VideoStatus): boolean => RANK[from] < RANK[to];

/** The statuses from which a video may move to `to`. */
export const statusesBefore = (to: VideoStatus): VideoStatus[] =>
  VideoStatus.options.filter((from) => mayBecome(from, to));

/** Whether the source of a video in this status is still to come: an expired one may come late. */
export const awaitsSource = (status: VideoStatus): boolean => mayBecome(status, 'UPLOADED');
