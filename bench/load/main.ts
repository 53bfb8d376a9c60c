import { videosPerMinute } from './figures.ts';
import { type LoadOptions, readOptions, USAGE } from './options.ts';
import { printReport, reportOf, writeReport } from './report.ts';
import { runLoadAlone } from './run.ts';

/** `npm run load [-- OPTION …]`; ends with 1 where a promise was broken, 2 where it was not understood. */
const main = async (options: LoadOptions): Promise<boolean> => {
  const run = await runLoadAlone(options);
  const report = reportOf(run, options.seed, videosPerMinute(run));
  printReport(report, run, options);
  if (options.json !== undefined) await writeReport(report, options.json);
  if (!options.sweepers) {
    console.log(
      report.lost > 0
        ? 'Without sweepers videos are lost, as they should be.'
        : 'NOTHING WAS LOST without sweepers: the check checks nothing.',
    );
    return report.lost > 0;
  }
  const broken = report.lost + report.duplicateEffects + report.orphanObjects + report.brokenZips;
  console.log(broken === 0 ? 'Every promise was kept.' : 'PROMISES WERE BROKEN; see above.');
  return broken === 0 && run.audit.contradictions.length === 0;
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
