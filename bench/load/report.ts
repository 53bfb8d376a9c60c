import { writeFile } from 'node:fs/promises';
import type { BrokenPromise, Findings } from './broken-promises.ts';
import { afterQuiet, overheads, recoveries, type Spread, spreadOf } from './figures.ts';
import { OVERHEAD_STEPS, type Overhead } from './overhead.ts';
import type { LoadRun } from './run.ts';

const LINES_SHOWN = 20;

/** Number of findings of each kind. */
type Counts = Readonly<Record<keyof Findings, number>>;

/** The report that `--json` writes. */
export interface LoadReport extends Counts {
  readonly accepted: number;
  readonly deleted: number;
  readonly terminal: number;
  readonly refreshes: number;
  /** Number of answers by status; `none` counts calls without an answer. */
  readonly answers: Readonly<Record<string, number>>;
  readonly recoverySeconds: Spread;
  /** From the end of the upload to READY, with the wait for a free function and the extraction. */
  readonly secondsToReady: { readonly total: Spread; readonly turn: Spread; readonly extraction: Spread };
  /** With the stage's number of functions. */
  readonly videosPerMinute: number;
  readonly seed: number;
  readonly kills: readonly { atSeconds: number; target: string; signal: string }[];
}

export const reportOf = (
  run: LoadRun,
  findings: Findings,
  seed: number,
  videosPerMinute: number,
): LoadReport => {
  const measured = overheads(run);
  return {
    accepted: run.audit.accepted,
    deleted: run.audit.deleted,
    terminal: run.audit.terminal,
    ...countsOf(findings),
    refreshes: run.users.reduce((sum, { session }) => sum + session.refreshes, 0),
    answers: run.answers.counts,
    recoverySeconds: roundedSpread(spreadOf(recoveries(run))),
    secondsToReady: {
      total: spreadBy(measured, ({ totalSeconds }) => totalSeconds),
      turn: spreadBy(measured, ({ turnSeconds }) => turnSeconds),
      extraction: spreadBy(measured, ({ extractionSeconds }) => extractionSeconds),
    },
    videosPerMinute: rounded(videosPerMinute),
    seed,
    kills: run.kills.map(({ at, target, signal }) => ({
      atSeconds: rounded((at - run.startedAt) / 1000),
      target,
      signal,
    })),
  };
};

const countsOf = (findings: Findings): Counts => ({
  lost: findings.lost.length,
  duplicateEffects: findings.duplicateEffects.length,
  orphanObjects: findings.orphanObjects.length,
  brokenZips: findings.brokenZips.length,
  contradictions: findings.contradictions.length,
  deletionLeftovers: findings.deletionLeftovers.length,
  multipartLeftovers: findings.multipartLeftovers.length,
  lostSessions: findings.lostSessions.length,
  clientProblems: findings.clientProblems.length,
  unexpectedAnswers: findings.unexpectedAnswers.length,
  unfinished: findings.unfinished.length,
  ofThisRun: findings.ofThisRun.length,
});

/** Prints the figures of the run, then the findings. */
export const printReport = (report: LoadReport, run: LoadRun, broken: readonly BrokenPromise[]): void => {
  const { accepted, deleted, terminal, lost, duplicateEffects, orphanObjects, brokenZips } = report;
  const { contradictions, deletionLeftovers, multipartLeftovers, lostSessions } = report;
  const { clientProblems, unexpectedAnswers, unfinished } = report;
  console.log(`\nSeed ${report.seed}, ${run.uploads.length} uploads by ${run.users.length} users`);
  console.table([{ accepted, deleted, terminal, lost, duplicateEffects, orphanObjects, brokenZips }]);
  console.table([{ contradictions, deletionLeftovers, multipartLeftovers, lostSessions }]);
  console.table([{ clientProblems, unexpectedAnswers, unfinished }]);
  console.log('Ends:', endsOf(run));
  console.log('Answers by status:', report.answers);
  console.log(
    `Sessions refreshed ${report.refreshes} times; forms used again ${run.uploads.filter(({ repeatedAt }) => repeatedAt !== undefined).length}`,
  );
  console.log('Duplicates injected:', run.duplicates);
  console.log(`Calls that the clients repeated: ${run.users.reduce((sum, { retries }) => sum + retries, 0)}`);
  if (run.kills.length > 0) printRecovery(report, run);
  printOverhead(run);
  for (const { title, lines } of broken) {
    console.log(`\n${title}:\n${lines.slice(0, LINES_SHOWN).join('\n')}`);
    if (lines.length > LINES_SHOWN) console.log(`… and ${lines.length - LINES_SHOWN} more`);
  }
};

export const writeReport = (report: object, file: string): Promise<void> =>
  writeFile(file, `${JSON.stringify(report, null, 2)}\n`);

const printRecovery = (report: LoadReport, run: LoadRun): void => {
  console.log(
    'Seconds from the first fault that hit a moving video to its final status, and from quiet to the last final statuses',
  );
  console.table({
    recovery: report.recoverySeconds,
    'after quiet': roundedSpread(spreadOf(afterQuiet(run))),
  });
  console.table(run.kills.map(({ what }, number) => ({ ...report.kills[number], what })));
};

const printOverhead = (run: LoadRun): void => {
  const measured = overheads(run);
  console.log(`Seconds from the upload's end to READY, and where they went (${measured.length} videos)`);
  console.table({
    'from upload to READY': spreadBy(measured, ({ totalSeconds }) => totalSeconds),
    '… waiting for a turn': spreadBy(measured, ({ turnSeconds }) => turnSeconds),
    '… extraction': spreadBy(measured, ({ extractionSeconds }) => extractionSeconds),
    ...Object.fromEntries(
      OVERHEAD_STEPS.map((step) => [`… ${step}`, spreadBy(measured, ({ steps }) => steps[step])]),
    ),
  });
};

/** Number of videos by kind of upload and final status. */
const endsOf = ({ uploads, audit }: LoadRun): Record<string, number> => {
  const statusOf = new Map(audit.stored.videos.map(({ id, status }) => [id, status]));
  const counts: Record<string, number> = {};
  for (const { kind, videoId = '', deletedAt } of uploads) {
    const status = statusOf.get(videoId) ?? (deletedAt === undefined ? 'unknown' : 'deleted');
    counts[`${kind} ${status}`] = (counts[`${kind} ${status}`] ?? 0) + 1;
  }
  return counts;
};

const rounded = (value: number): number => Math.round(value * 100) / 100;
const roundedSpread = ({ p50, p99, max }: Spread): Spread => ({
  p50: rounded(p50),
  p99: rounded(p99),
  max: rounded(max),
});
const spreadBy = (measured: readonly Overhead[], value: (overhead: Overhead) => number): Spread =>
  roundedSpread(spreadOf(measured.map(value)));
