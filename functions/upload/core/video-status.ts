import { VideoStatus } from '../../contracts/http/videos.ts';

/**
 * The order of the statuses. A video only moves to a later status. So the same events lead to the same status, in any
 * order and with any repetitions. FAILED is last because the orchestrator's DISCARD_FILE is final: it also removes the
 * ZIP of an earlier FILE_AVAILABLE.
 */
const RANK = {
  AWAITING_UPLOAD: 0,
  EXPIRED: 1,
  UPLOADED: 2,
  PROCESSING: 3,
  READY: 4,
  // Never stored: a READY video has this status once its result has expired.
  RESULT_EXPIRED: 5,
  FAILED: 6,
} as const satisfies Record<VideoStatus, number>;

/** Whether a video in `from` may move to `to`. */
export const mayBecome = (from: VideoStatus, to: VideoStatus): boolean => RANK[from] < RANK[to];

/** The statuses from which a video may move to `to`. */
export const statusesBefore = (to: VideoStatus): VideoStatus[] =>
  VideoStatus.options.filter((from) => mayBecome(from, to));

/** Whether a video in this status still awaits its source. The source of an expired video may arrive late. */
export const awaitsSource = (status: VideoStatus): boolean => mayBecome(status, 'UPLOADED');
