import { setTimeout as sleep } from 'node:timers/promises';
import { clip } from '../../test/support/clips.ts';
import { type Audit, audit, OVER } from './audit/audit.ts';
import { queueDepths } from './audit/queue-depths.ts';
import { readVideos } from './audit/rows.ts';
import { watchClaims } from './claims.ts';
import { startDuplicates } from './duplicates.ts';
import { type Kill, startFaults } from './faults/run-faults.ts';
import type { LoadOptions } from './options.ts';
import { planUploads } from './plan.ts';
import { startSecondRelay, withoutRelay } from './relays.ts';
import { type System, startSystem } from './system.ts';
import { runUploads, type Upload } from './uploads.ts';
import { LoadUser } from './user.ts';

/** By then every accepted video has to be over: seconds after the last fault. */
export const QUIET_SECONDS = 60;
/**
 * The clips are small: no extraction takes half a minute. What died before it could say that it had begun is hidden in
 * its queue for as long as an extraction may take, and has to come back within the minute of quiet. So has a dead letter.
 */
const TIMING = { extractionTimeoutSeconds: 30, deadLetterVisibilitySeconds: 20 };
/** A user waits for its video for so long, in seconds, and uploads the next one all the same. */
const PATIENCE_SECONDS = 20;
/** More than the sweeper's grace, so that what was never uploaded expires with its next turn. */
const FORM_OVERDUE_SECONDS = 120;
const LOOK_MS = 250;
const WARM_UP_UPLOADS = 6;

/** What a run did and left behind. */
export interface LoadRun {
  readonly startedAt: number;
  /** When the last fault was over and the last upload made: milliseconds since 1970. */
  readonly quietAt: number;
  readonly uploads: readonly Upload[];
  readonly kills: readonly Kill[];
  readonly duplicates: { republished: number; resent: number; s3Events: number };
  readonly firstClaims: ReadonlyMap<string, number>;
  readonly audit: Audit;
}

/** Uploads under faults, then quiet, then the audit. */
export const runLoad = async (system: System, options: LoadOptions): Promise<LoadRun> => {
  const { stack } = system;
  const plan = planUploads(options.uploads, options.seed);
  for (const { clip: name } of plan) await clip(name);
  const users = Array.from({ length: options.users }, () => new LoadUser(stack.url));
  for (const user of users) await user.register();
  await warmUp(stack.url);

  const claims = watchClaims(system);
  const duplicates = await startDuplicates(system, options.seed);
  const secondRelay = options.relays === 2 ? startSecondRelay(stack) : undefined;
  const startedAt = Date.now();
  const faults = options.kills ? startFaults(stack, options.seed) : undefined;
  const gap = options.relayGapSeconds > 0 ? withoutRelay(stack, options.relayGapSeconds) : undefined;
  const uploads = await runUploads({
    users,
    plan,
    patienceSeconds: PATIENCE_SECONDS,
    onUploaded: duplicates.repeatObjectCreated,
  });
  await gap;
  await faults?.stop();
  duplicates.stop();
  const quietAt = Date.now();
  console.log(`Quiet after ${((quietAt - startedAt) / 1000).toFixed(0)} s`);
  await endForms(system);
  const deadline = quietAt + QUIET_SECONDS * 1000;
  await untilAllOver(system, uploads, deadline);
  await untilNothingMoves(system, deadline);
  await claims.stop();
  await secondRelay?.stop();
  return {
    startedAt,
    quietAt,
    uploads,
    kills: [...(faults?.kills ?? []), ...(gap === undefined ? [] : [await gap])],
    duplicates: duplicates.made,
    firstClaims: claims.firstClaims,
    audit: await audit(system, uploads),
  };
};

/** Starts every function before anything is measured or broken; its videos are nobody's. */
const warmUp = async (url: string): Promise<void> => {
  const user = new LoadUser(url);
  await user.register();
  const plan = Array.from({ length: WARM_UP_UPLOADS }, () => ({ kind: 'sound', clip: 'short.mp4' }) as const);
  await runUploads({ users: plan.map(() => user), plan, patienceSeconds: 60, onUploaded: () => undefined });
};

/** Nobody waits for a quarter of an hour until a form that was never used has expired. */
const endForms = async ({ query }: System): Promise<void> => {
  await query(
    `UPDATE upload.video SET form_expires_at = now() - make_interval(secs => $1) WHERE status = 'AWAITING_UPLOAD'`,
    [FORM_OVERDUE_SECONDS],
  );
};

const untilAllOver = async (system: System, uploads: readonly Upload[], deadline: number): Promise<void> => {
  const ids = new Set(uploads.flatMap(({ videoId }) => videoId ?? []));
  for (;;) {
    const over = (await readVideos(system)).filter(({ id, status }) => ids.has(id) && OVER.has(status));
    if (over.length === ids.size || Date.now() >= deadline) return;
    await sleep(LOOK_MS);
  }
};

/** What a killed function had in hand comes again after its time: its effects, too, are looked at. */
const untilNothingMoves = async (system: System, deadline: number): Promise<void> => {
  while (Object.keys(await queueDepths(system)).length > 0 && Date.now() < deadline) await sleep(LOOK_MS);
};

/** A run on a system of its own. */
export const runLoadAlone = async (options: LoadOptions): Promise<LoadRun> => {
  const system = await startSystem({ schedules: options.sweepers, timing: TIMING });
  let keep = true;
  try {
    const run = await runLoad(system, options);
    keep = options.keep || (options.sweepers && run.audit.lost.length > 0);
    return run;
  } finally {
    await system.stop({ keep });
  }
};
