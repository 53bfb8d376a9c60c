import type { Client } from './create-client.ts';
import { FrameFlowError } from './errors.ts';
import type { Video } from './pages.ts';

/** Between two looks, in milliseconds: the first pause after a change, and the longest one. */
const FIRST_PAUSE_MILLISECONDS = 500;
const MAX_PAUSE_MILLISECONDS = 8_000;
const PAUSE_GROWTH = 1.5;

export interface WaitOptions {
  /** Called with the video at the first look, and whenever its status or its progress is another one. */
  readonly onChange?: (video: Video) => void;
  readonly signal?: AbortSignal;
  /** @default no limit */
  readonly timeoutMilliseconds?: number;
}

/**
 * Waits for the end of a video's processing: READY, FAILED, EXPIRED or RESULT_EXPIRED. Looks often while the video
 * changes, and ever less often while it does not.
 *
 * @throws FrameFlowError VIDEO_NOT_FOUND where the video is deleted meanwhile, TIMEOUT; the signal's reason
 */
export const waitUntilDone = async (
  client: Client,
  id: string,
  { onChange, signal, timeoutMilliseconds = Number.POSITIVE_INFINITY }: WaitOptions = {},
): Promise<Video> => {
  const { now, sleep } = client.transport;
  const deadline = now() + timeoutMilliseconds;
  let pause = FIRST_PAUSE_MILLISECONDS;
  for (let seen = ''; ; ) {
    const video = await client.getVideo({ id }, { signal });
    const state = JSON.stringify([video.status, video.progress, video.waiting?.ahead]);
    if (state !== seen) {
      seen = state;
      pause = FIRST_PAUSE_MILLISECONDS;
      onChange?.(video);
    }
    if (isDone(video.status)) return video;
    if (now() + pause > deadline) {
      const detail = `The video is still ${video.status}.`;
      throw new FrameFlowError({ code: 'TIMEOUT', operation: 'waitUntilDone', detail });
    }
    await sleep(pause, signal);
    pause = Math.min(MAX_PAUSE_MILLISECONDS, pause * PAUSE_GROWTH);
  }
};

/** Whether a video's status is the last one of its processing. */
export const isDone = (status: Video['status']): boolean => {
  switch (status) {
    case 'AWAITING_UPLOAD':
    case 'UPLOADED':
    case 'PROCESSING':
      return false;
    case 'READY':
    case 'FAILED':
    case 'EXPIRED':
    case 'RESULT_EXPIRED':
      return true;
  }
};
