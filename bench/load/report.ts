import { writeFile } from 'node:fs/promises';
import { afterQuiet, overheads, recoveries, type Spread, spreadOf } from './figures.ts';
import type { LoadOptions } from './options.ts';
import type { Overhead, OverheadStep } from './overhead.ts';
import type { LoadRun } from './run.ts';

const LINES_SHOWN = 20;
/** Of the local stage: how many extractions its functions do at a time. */
const SLOTS = 2;

/** What `--json` writes. */
export interface LoadReport {
  readonly accepted: number;
  readonly terminal: number;
  readonly lost: number;
  readonly duplicateEffects: number;
  readonly orphanObjects: number;
  readonly brokenZips: number;
  readonly recoverySeconds: Spread;
  /** With the functions that the stage has. */
  readonly videosPerMinute: number;
  readonly seed: number;
  readonly kills: readonly { atSeconds: number; target: string; signal: string }[];
}

export const reportOf = (run: LoadRun, seed: number, videosPerMinute: number): LoadReport => ({
  accepted: run.audit.accepted,
  terminal: run.audit.terminal,
  lost: run.audit.lost.length,
  duplicateEffects: run.audit.duplicates.length,
  orphanObjects: run.audit.orphans.length,
  brokenZips: run.audit.brokenZips.length,
  recoverySeconds: roundedSpread(spreadOf(recoveries(run))),
  videosPerMinute: rounded(videosPerMinute),
  seed,
  kills: run.kills.map(({ at, target, signal }) => ({
    atSeconds: rounded((at - run.startedAt) / 1000),
    target,
    signal,
  })),
});

/** Prints the run: figures first, then whatever is wrong, line by line. */
export const printReport = (report: LoadReport, run: LoadRun, options: LoadOptions): void => {
  const { accepted, terminal, lost, duplicateEffects, orphanObjects, brokenZips } = report;
  const { audit, duplicates, uploads } = run;
  console.log(`\nSeed ${report.seed}, ${options.uploads} uploads by ${options.users} users`);
  console.table([{ accepted, terminal, lost, duplicateEffects, orphanObjects, brokenZips }]);
  console.log('Ends:', endsOf(run));
  console.log('Duplicates injected:', duplicates);
  console.log(
    `Calls that the clients repeated: ${[...new Set(uploads.map(({ user }) => user))].reduce((sum, user) => sum + user.retries, 0)}`,
  );
  if (run.kills.length > 0) {
    console.log(
      'Seconds from the first fault that met a video in motion to its end, and from quiet to the last ends',
    );
    console.table({
      recovery: report.recoverySeconds,
      'after quiet': roundedSpread(spreadOf(afterQuiet(run))),
    });
    console.table(run.kills.map(({ what }, number) => ({ ...report.kills[number], what })));
  } else {
    printOverhead(run);
  }
  if (Object.keys(audit.queues).length > 0) console.log('Messages left in queues:', audit.queues);
  const problems = uploads.flatMap(
    ({ problem, videoId }) => problem && `${videoId ?? 'not declared'}: ${problem}`,
  );
  for (const [title, lines] of [
    ['Lost', audit.lost],
    ['Duplicate effects', audit.duplicates],
    ['Orphan objects', audit.orphans],
    ['Broken ZIPs', audit.brokenZips],
    ['Contradictions', audit.contradictions],
    ['Clients that gave up', problems.filter((line) => line !== undefined)],
  ] as const) {
    if (lines.length === 0) continue;
    console.log(`\n${title}:\n${lines.slice(0, LINES_SHOWN).join('\n')}`);
    if (lines.length > LINES_SHOWN) console.log(`… and ${lines.length - LINES_SHOWN} more`);
  }
};

export const writeReport = (report: LoadReport, file: string): Promise<void> =>
  writeFile(file, `${JSON.stringify(report, null, 2)}\n`);

const printOverhead = (run: LoadRun): void => {
  const measured = overheads(run, SLOTS);
  console.log(
    `Seconds from the upload's end to READY, the extraction not counted (${measured.length} videos)`,
  );
  const spread = (value: (overhead: Overhead) => number) => roundedSpread(spreadOf(measured.map(value)));
  const steps: readonly OverheadStep[] = ['receiving', 'ordering', 'taking on', 'publishing', 'showing'];
  console.table({
    'waiting for a turn not counted': spread(({ seconds, turnSeconds }) => seconds - turnSeconds),
    ...Object.fromEntries(steps.map((step) => [`… ${step}`, spread((overhead) => overhead.steps[step])])),
    'waiting for a turn': spread(({ turnSeconds }) => turnSeconds),
  });
};

/** How many videos ended how, by what was uploaded. */
const endsOf = ({ uploads, audit }: LoadRun): Record<string, number> => {
  const statusOf = new Map(audit.stored.videos.map(({ id, status }) => [id, status]));
  const counts: Record<string, number> = {};
  for (const { kind, videoId = '' } of uploads) {
    const end = `${kind} ${statusOf.get(videoId) ?? 'unknown'}`;
    counts[end] = (counts[end] ?? 0) + 1;
  }
  return counts;
};

const rounded = (value: number): number => Math.round(value * 100) / 100;
const roundedSpread = ({ p50, p99, max }: Spread): Spread => ({
  p50: rounded(p50),
  p99: rounded(p99),
  max: rounded(max),
});
