import { printBacklog, runBacklog } from './backlog.ts';
import { brokenPromises, verdictOn } from './broken-promises.ts';
import { videosPerMinute } from './figures.ts';
import { findingsOf, soundFailures } from './findings.ts';
import { runHang } from './hang.ts';
import { type LoadOptions, readOptions, USAGE } from './options.ts';
import { planUploads } from './plan.ts';
import { printReport, reportOf, writeReport } from './report.ts';
import { type LoadRun, runLoad } from './run.ts';
import { printSoak, runSoak } from './soak.ts';
import { withSystem } from './system.ts';
import { measureThroughput } from './throughput.ts';
import { LOAD_TIMING } from './timing.ts';

/** `npm run load [-- OPTION …]`. The exit code is 1 if a promise was broken, 2 if the command line is invalid. */
const main = async (options: LoadOptions): Promise<boolean> => {
  if (options.hang) return runHang();
  if (options.soakMinutes > 0) {
    const soak = await runSoak(options);
    printSoak(soak);
    const { memory, extractors, connections, longThaws } = soak;
    return conclude(soak.run, options, {
      ofThisRun: [...soundFailures(soak.run), ...soak.broken],
      figures: { memory, extractors, connections, longThaws },
    });
  }
  if (options.backlogUploads > 0) {
    const backlog = await runBacklog(options);
    printBacklog(backlog);
    const { ready, queueSeconds, videosByClaims, broken } = backlog;
    return conclude(backlog.run, options, {
      ofThisRun: broken,
      figures: { ready, queueSeconds, videosByClaims },
    });
  }
  const rate = await measureRates(options.throughputUploads);
  const run = await runUnderFaults(options);
  return conclude(run, options, { rate, ofThisRun: soundFailures(run) });
};

const runUnderFaults = (options: LoadOptions): Promise<LoadRun> =>
  withSystem(
    { schedules: options.sweepers, timing: LOAD_TIMING },
    // The logs are kept to investigate lost videos.
    ({ audit }) => options.keep || (options.sweepers && audit.lost.length > 0),
    (system) => runLoad(system, { ...options, plan: planUploads(options.uploads, options.seed) }),
  );

interface Closing {
  /** Videos per minute, if measured. */
  readonly rate?: number | undefined;
  /** Broken promises of this kind of run, one line each. */
  readonly ofThisRun?: readonly string[];
  /** Additional figures for `--json`. */
  readonly figures?: object;
}

/**
 * Prints and writes the report.
 * @returns whether every promise was kept
 */
const conclude = async (run: LoadRun, options: LoadOptions, closing: Closing): Promise<boolean> => {
  const findings = findingsOf(run, closing.ofThisRun);
  const report = reportOf(run, findings, options.seed, closing.rate ?? videosPerMinute(run));
  const broken = brokenPromises(findings);
  printReport(report, run, broken);
  if (options.json !== undefined) await writeReport({ ...report, ...closing.figures }, options.json);
  if (!options.sweepers) return showLosses(run);
  console.log(`\n${verdictOn(broken)}`);
  return broken.length === 0;
};

/** Whether uploaded videos were lost. Unused forms do not count: without sweepers they always remain. */
const showLosses = ({ audit }: LoadRun): boolean => {
  const isShown = audit.lostSources > 0;
  console.log(
    isShown
      ? `Without sweepers ${audit.lostSources} uploaded videos are lost, as they should be.`
      : 'NO UPLOADED VIDEO IS LOST without sweepers: the check checks nothing.',
  );
  return isShown;
};

/** Videos per minute with the stage's two process functions; undefined if it is not to be measured. */
const measureRates = async (uploads: number): Promise<number | undefined> => {
  if (uploads === 0) return undefined;
  const [one, two] = [await measureThroughput(1, uploads), await measureThroughput(2, uploads)];
  console.log(`Videos per minute: ${one.toFixed(1)} with one process function, ${two.toFixed(1)} with two`);
  return two;
};

const parse = (): LoadOptions => {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
};

const options = parse();
if (options.help) console.log(USAGE);
else process.exitCode = (await main(options)) ? 0 : 1;
