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

/** By then every accepted video has to be over: seconds after the last fault. */
const QUIET_SECONDS = 60;
/** A user waits for its video for so long, in seconds, and uploads the next one all the same. */
const PATIENCE_SECONDS = 20;
/** More than the sweeper's grace, so that what was never uploaded expires with its next turn. */
const FORM_OVERDUE_SECONDS = 120;
const WARM_UP_UPLOADS = 6;
const LOCAL_SLOTS = 2;

/** What a run does. */
export interface Scenario {
  readonly seed: number;
  readonly users: number;
  readonly plan: readonly PlannedUpload[];
  readonly kills: boolean;
  /** Whether events, messages and S3's events are told a second time. */
  readonly duplicates: boolean;
  readonly relays: number;
  readonly relayGapSeconds: number;
  /** @default 60 */
  readonly quietSeconds?: number;
  /** How many extractions the process functions do at a time. @default 2, as the local stage has it */
  readonly slots?: number;
  /** How the users upload. @default each user one video after the other */
  readonly upload?: (
    users: readonly LoadUser[],
    plan: readonly PlannedUpload[],
    terms: UploadTerms,
  ) => Promise<Upload[]>;
}

/** What a run did and left behind. */
export interface LoadRun {
  readonly startedAt: number;
  /** When the last fault was over and the last upload made: milliseconds since 1970. */
  readonly quietAt: number;
  readonly users: readonly LoadUser[];
  readonly uploads: readonly Upload[];
  readonly kills: readonly Kill[];
  readonly duplicates: { republished: number; resent: number; s3Events: number };
  readonly claims: readonly Claim[];
  /** How many extractions ran at a time. */
  readonly slots: number;
  readonly answers: AnswerLog;
  /** Why a session could not be refreshed at all, a line for each. */
  readonly sessionProblems: readonly string[];
  readonly audit: Audit;
}

/** Uploads under faults, then quiet, then the audit. */
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

const oneAfterTheOther: NonNullable<Scenario['upload']> = (users, plan, terms) =>
  runUploads({ users, plan, ...terms });

/**
 * Lets every user refresh its session again and again; in the end each refreshes once more and uses what it got, so that
 * no session is lost unseen.
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

/** Starts every function before anything is measured or broken; its videos are not counted. */
const warmUp = async (url: string): Promise<void> => {
  const user = new LoadUser(url);
  await user.register();
  const plan = Array.from({ length: WARM_UP_UPLOADS }, () => ({ kind: 'sound', clip: 'short.mp4' }) as const);
  await runUploads({ users: plan.map(() => user), plan, patienceSeconds: 60, onUploaded: () => undefined });
};

/** A form that was never used expires after a quarter of an hour: too long to wait for. */
const endForms = async ({ query }: System): Promise<void> => {
  await query(
    `UPDATE upload.video SET form_expires_at = now() - make_interval(secs => $1) WHERE status = 'AWAITING_UPLOAD'`,
    [FORM_OVERDUE_SECONDS],
  );
};
