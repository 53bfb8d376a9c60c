import { setTimeout as sleep } from 'node:timers/promises';
import { clip } from '../../test/support/clips.ts';
import { eventually } from '../../test/support/eventually.ts';
import { JobRow, readVideos, type VideoRow } from './audit/rows.ts';
import { extractorsOf, signalVictim, type Victim, victimOf } from './faults/processes.ts';
import { spreadOf } from './figures.ts';
import { type System, startSystem } from './system.ts';
import { isOver } from './terminal.ts';
import { runUploads, type Upload } from './uploads.ts';
import { LoadUser } from './user.ts';

const WAITING = 50;
const LOOK_MILLISECONDS = 5;
const DEADLINE_SECONDS = 300;

/**
 * Freezes the extractor of one video, then uploads 50 more.
 * @returns whether all 50 became READY while the first video was frozen, and the first video became READY after its
 * extractor continued
 */
export const runHang = async (): Promise<boolean> => {
  const system = await startSystem();
  try {
    const user = new LoadUser(system.stack.url);
    await user.register();
    await uploadAll(user, 4, 60);
    const baseline = await timeUploads(system, user);
    const { hanging, victim } = await hangOne(system, user);
    const beside = await timeUploads(system, user);
    const [hung] = (await readVideos(system)).filter(({ id }) => id === hanging);
    signalVictim(victim, 'SIGCONT');
    const after = await eventually('the frozen one to end', () => endOf(system, hanging), DEADLINE_SECONDS);
    console.log(`${WAITING} videos at once, seconds from the upload's end to READY`);
    console.table({ 'nothing hangs (2 functions)': baseline, 'one hangs (1 of 2 functions left)': beside });
    console.log(`The frozen video was ${hung?.status} until then, and ${after.status} after it continued.`);
    return hung?.status === 'PROCESSING' && after.status === 'READY';
  } finally {
    await system.stop();
  }
};

const uploadAll = (user: LoadUser, count: number, patienceSeconds: number): Promise<Upload[]> =>
  runUploads({
    users: Array.from({ length: count }, () => user),
    plan: Array.from({ length: count }, () => ({ kind: 'sound', clip: 'h264.mp4' }) as const),
    patienceSeconds,
    onUploaded: () => undefined,
  });

/** @throws Error if a video is not READY in time */
const timeUploads = async (system: System, user: LoadUser) => {
  const uploads = await uploadAll(user, WAITING, 0);
  const ids = new Set(uploads.map(({ videoId }) => videoId));
  const ready = await eventually(
    `${WAITING} videos to be READY`,
    async () => {
      const found = (await readVideos(system)).filter(({ id, status }) => ids.has(id) && status === 'READY');
      return found.length === WAITING ? found : undefined;
    },
    DEADLINE_SECONDS,
  );
  const readyAt = new Map(ready.map((video) => [video.id, video.updatedAt]));
  return spreadOf(
    uploads.map(({ videoId = '', uploadedAt = 0 }) => ((readyAt.get(videoId) ?? 0) - uploadedAt) / 1000),
  );
};

const endOf = async (system: System, videoId: string): Promise<VideoRow | undefined> =>
  (await readVideos(system)).find(({ id, status }) => id === videoId && isOver(status));

/**
 * Uploads videos until it has frozen the extractor of one. Several tries may be needed, because an extractor lives for
 * less than a second.
 */
const hangOne = async (system: System, user: LoadUser): Promise<{ hanging: string; victim: Victim }> => {
  await clip('three-minutes.mp4');
  for (;;) {
    const upload = runUploads({
      users: [user],
      plan: [{ kind: 'sound', clip: 'three-minutes.mp4' }],
      patienceSeconds: 0,
      onUploaded: () => undefined,
    });
    const [found, [made]] = await Promise.all([stopNextExtractor(system), upload]);
    const videoId = made?.videoId ?? '';
    // The extractor may have delivered its result already.
    await sleep(2_000);
    const rows = await system.query('SELECT video_id, status, claimed_at, finished_at FROM process.job');
    const job = rows.map((row) => JobRow.parse(row)).find((row) => row.videoId === videoId);
    if (job?.status === 'RUNNING') return { hanging: videoId, victim: found };
    signalVictim(found, 'SIGCONT');
  }
};

const stopNextExtractor = async ({ stack }: System): Promise<Victim> => {
  for (;;) {
    const [pid] = extractorsOf(stack.lambda('ProcessInboxHandler').pids);
    const victim = pid === undefined ? undefined : victimOf(pid);
    if (victim !== undefined && signalVictim(victim, 'SIGSTOP')) return victim;
    await sleep(LOOK_MILLISECONDS);
  }
};
