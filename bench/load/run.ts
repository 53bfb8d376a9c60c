import { clip } from '../../test/support/clips.ts';
import { AnswerLog } from './answers.ts';
import { type Audit, audit } from './audit/audit.ts';
import { type Claim, noteClaims, readClaims } from './claims.ts';
import { startDuplicates } from './duplicates.ts';
import { startUploadCuts } from './faults/cut-uploads.ts';
import { type Kill, startFaults } from './faults/run-faults.ts';
import type { PlannedUpload } from './plan.ts';
import { untilQuiet } from './quiet.ts';
import { Random } from './random.ts';
import { startSecondRelay, withoutRelay } from './relays.ts';
import type { System } from './system.ts';
import { runUploads, type Upload, type UploadTerms } from './uploads.ts';
import { LoadUser } from './user.ts';

/** Seconds after the last fault within which every accepted video must reach a final status. */
const QUIET_SECONDS = 60;
/** Seconds that a user waits for its video before it uploads the next one. */
const PATIENCE_SECONDS = 20;
/** Longer than the sweeper's grace period, so that its next run expires the videos that were never uploaded. */
const FORM_OVERDUE_SECONDS = 120;
const WARM_UP_UPLOADS = 6;
const LOCAL_SLOTS = 2;

/** Carries out a plan with these users. */
export type UploadRunner = (
  users: readonly LoadUser[],
  plan: readonly PlannedUpload[],
  terms: UploadTerms,
) => Promise<Upload[]>;

/** The settings of a run. */
export interface Scenario {
  readonly seed: number;
  readonly users: number;
  readonly plan: readonly PlannedUpload[];
  readonly kills: boolean;
  /** Whether events, messages and S3 events are duplicated. */
  readonly duplicates: boolean;
  readonly relays: number;
  readonly relayGapSeconds: number;
  /** @default 60 */
  readonly quietSeconds?: number;
  /** Number of concurrent extractions by the process functions. @default 2, as in the local stage */
  readonly slots?: number;
  /** Makes the uploads. @default each user uploads one video after the other */
  readonly upload?: UploadRunner;
}

/** The actions and results of a run. */
export interface LoadRun {
  readonly startedAt: number;
  /** When the last fault and the last upload had ended: milliseconds since 1970. */
  readonly quietAt: number;
  readonly users: readonly LoadUser[];
  readonly uploads: readonly Upload[];
  readonly kills: readonly Kill[];
  readonly duplicates: { republished: number; resent: number; s3Events: number };
  readonly claims: readonly Claim[];
  /** Number of concurrent extractions. */
  readonly slots: number;
  readonly answers: AnswerLog;
  /** One line per session that could not be refreshed, with the reason. */
  readonly sessionProblems: readonly string[];
  readonly audit: Audit;
}

/** Uploads videos under faults, waits until the system is quiet, then audits the stores. */
export const runLoad = async (system: System, scenario: Scenario): Promise<LoadRun> => {
  const { stack } = system;
  const { seed, plan, relayGapSeconds } = scenario;
  for (const { clip: name } of plan) await clip(name);
  const answers = new AnswerLog();
  const users = Array.from({ length: scenario.users }, () => new LoadUser(stack.url, answers));
  for (const user of users) await user.register();
  await warmUp(stack.url);
  await noteClaims(system);

  const sessions = keepSessions(users, seed);
  const duplicates = scenario.duplicates ? await startDuplicates(system, seed) : undefined;
  const secondRelay = scenario.relays === 2 ? startSecondRelay(stack) : undefined;
  const startedAt = Date.now();
  const faults = scenario.kills ? startFaults(stack, seed) : undefined;
  const cuts = scenario.kills ? startUploadCuts(system) : undefined;
  const gap = relayGapSeconds > 0 ? withoutRelay(stack, relayGapSeconds) : undefined;
  const uploads = await (scenario.upload ?? oneAfterTheOther)(users, plan, {
    patienceSeconds: PATIENCE_SECONDS,
    onUploaded: (upload) => {
      duplicates?.repeatObjectCreated(upload);
      cuts?.cutZipOf(upload);
    },
  });
  const gapFault = await gap;
  await faults?.stop();
  await cuts?.stop();
  duplicates?.stop();
  const quietAt = Date.now();
  console.log(`Quiet after ${((quietAt - startedAt) / 1000).toFixed(0)} s`);
  await endForms(system);
  await sessions.stop();
  await untilQuiet(system, uploads, quietAt + (scenario.quietSeconds ?? QUIET_SECONDS) * 1000);
  await secondRelay?.stop();
  const kills = [...(faults?.kills ?? []), ...(cuts?.kills ?? []), ...(gapFault ? [gapFault] : [])];
  return {
    startedAt,
    quietAt,
    users,
    uploads,
    kills: kills.sort((a, b) => a.at - b.at),
    duplicates: duplicates?.made ?? { republished: 0, resent: 0, s3Events: 0 },
    claims: await readClaims(system),
    slots: scenario.slots ?? LOCAL_SLOTS,
    answers,
    sessionProblems: sessions.problems,
    audit: await audit(system, uploads),
  };
};

const oneAfterTheOther: UploadRunner = (users, plan, terms) => runUploads({ users, plan, ...terms });

/**
 * Refreshes every user's session repeatedly. At the end each user refreshes once more and uses the new token, so that
 * every lost session is detected.
 */
const keepSessions = (users: readonly LoadUser[], seed: number) => {
  const enough = new AbortController();
  const problems: string[] = [];
  const noting = (work: Promise<unknown>): Promise<unknown> =>
    work.catch((error: unknown) => problems.push(`session: ${String(error)}`));
  const running = users.map(({ session }, number) =>
    noting(session.keepRefreshing(new Random(seed, `session ${number}`), enough.signal)),
  );
  return {
    problems,
    stop: async (): Promise<void> => {
      enough.abort();
      await Promise.all(running);
      await Promise.all(users.map((user) => noting(user.session.refresh().then(() => user.profile()))));
    },
  };
};

/** Starts every function before the measurements and faults. The videos of the warm-up are not counted. */
const warmUp = async (url: string): Promise<void> => {
  const user = new LoadUser(url);
  await user.register();
  const plan = Array.from({ length: WARM_UP_UPLOADS }, () => ({ kind: 'sound', clip: 'short.mp4' }) as const);
  await runUploads({ users: plan.map(() => user), plan, patienceSeconds: 60, onUploaded: () => undefined });
};

/** Expires the unused forms now. By themselves they expire after 15 minutes, which is too long for the run. */
const endForms = async ({ query }: System): Promise<void> => {
  await query(
    `UPDATE upload.video SET form_expires_at = now() - make_interval(secs => $1) WHERE status = 'AWAITING_UPLOAD'`,
    [FORM_OVERDUE_SECONDS],
  );
};
