import { eventually } from '../../test/support/eventually.ts';
import { readVideos } from './audit/rows.ts';
import { startSystem } from './system.ts';
import { runUploads } from './uploads.ts';
import { LoadUser } from './user.ts';

const WARM_UP_UPLOADS = 3;
const DEADLINE_SECONDS = 600;
/** 34.5 seconds of 320×240 in H.264: four frames. */
const CLIP = 'h264.mp4';

/**
 * Videos per minute with this number of process functions. All videos are uploaded at once; the time runs from the end
 * of the first upload to the last READY. Cold starts are excluded.
 */
export const measureThroughput = async (functions: number, uploads: number): Promise<number> => {
  const system = await startSystem({ reservedConcurrency: { ProcessInboxHandler: functions } });
  try {
    const user = new LoadUser(system.stack.url);
    await user.register();
    const upload = (count: number, patienceSeconds: number) =>
      runUploads({
        users: Array.from({ length: count }, () => user),
        plan: Array.from({ length: count }, () => ({ kind: 'sound', clip: CLIP }) as const),
        patienceSeconds,
        onUploaded: () => undefined,
      });
    await upload(WARM_UP_UPLOADS, DEADLINE_SECONDS);
    const made = await upload(uploads, 0);
    const ids = new Set(made.map(({ videoId }) => videoId));
    const ends = await eventually(
      `${uploads} videos to be READY`,
      async () => {
        const ready = (await readVideos(system)).filter(
          ({ id, status }) => ids.has(id) && status === 'READY',
        );
        return ready.length === uploads ? ready.map(({ updatedAt }) => updatedAt) : undefined;
      },
      DEADLINE_SECONDS,
    );
    const startedAt = Math.min(...made.map(({ uploadedAt = Number.POSITIVE_INFINITY }) => uploadedAt));
    return uploads / ((Math.max(...ends) - startedAt) / 60_000);
  } finally {
    await system.stop();
  }
};
