import { videosPerMinute } from './figures.ts';
import { runHang } from './hang.ts';
import { type LoadOptions, readOptions, USAGE } from './options.ts';
import { printReport, reportOf, writeReport } from './report.ts';
import { runLoadAlone } from './run.ts';
import { measureThroughput } from './throughput.ts';

/** `npm run load [-- OPTION …]`; ends with 1 where a promise was broken, 2 where it was not understood. */
const main = async (options: LoadOptions): Promise<boolean> => {
  if (options.hang) return runHang();
  const rate = await measureRates(options.throughputUploads);
  const run = await runLoadAlone(options);
  const report = reportOf(run, options.seed, rate ?? videosPerMinute(run));
  printReport(report, run, options);
  if (options.json !== undefined) await writeReport(report, options.json);
  if (!options.sweepers) {
    // Forms that nobody used would be left over in any case: what was uploaded has to be lost.
    const lossesShown = run.audit.lostSources > 0;
    console.log(
      lossesShown
        ? `Without sweepers ${run.audit.lostSources} uploaded videos are lost, as they should be.`
        : 'NO UPLOADED VIDEO IS LOST without sweepers: the check checks nothing.',
    );
    return lossesShown;
  }
  const broken = report.lost + report.duplicateEffects + report.orphanObjects + report.brokenZips;
  console.log(broken === 0 ? 'Every promise was kept.' : 'PROMISES WERE BROKEN; see above.');
  return broken === 0 && run.audit.contradictions.length === 0;
};

/** Videos per minute with the two functions that the stage has; undefined where it was not to be measured. */
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
