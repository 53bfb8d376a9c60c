import { MAX_INTERVAL_SECONDS, MIN_INTERVAL_SECONDS } from '../../functions/contracts/limits.ts';
import type { CommandContext } from '../context.ts';
import { usageError } from '../errors.ts';
import type { Outcome } from '../exit-codes.ts';
import { isUrl } from '../extract/source.ts';
import { count } from '../output/units.ts';
import { type RunJobsOptions, runJobs } from '../run-jobs.ts';
import { cutFile } from '../service/cut-file.ts';
import { serviceReport } from '../service/report.ts';
import { connect } from '../service/service.ts';
import { UploadJournal } from '../service/upload-journal.ts';
import { withService } from '../service/with-service.ts';
import { planTargets, requireFree } from '../write/targets.ts';

export interface CutOptions {
  /** Seconds of video between two frames. */
  every: number;
  output?: string;
  force?: boolean;
  /** False with `--no-wait`. */
  wait: boolean;
}

/** Videos uploaded at a time: one alone seldom fills a line, many get into each other's way. */
const FILES_TOGETHER = 2;
/** How long a transfer waits for a service that has gone, in milliseconds. */
const PATIENCE_MILLISECONDS = 60_000;

/** `frame-flow cut`: uploads videos, waits for their frames and fetches them. */
export const cut = (
  context: CommandContext,
  inputs: readonly string[],
  { every, output, force = false, wait }: CutOptions,
): Promise<Outcome> =>
  withService(context, async (service) => {
    const { terminal, signal } = context;
    const intervalSeconds = requireInterval(every);
    requireFiles(inputs);
    const jobs = planTargets(inputs, output);
    // Without a session, or without the service, no file is begun.
    await service.client.getProfile({}, { signal });
    const { client } = connect(context, { patienceMilliseconds: PATIENCE_MILLISECONDS });
    const journal = new UploadJournal(service.configFolder);
    const options: RunJobsOptions = {
      together: FILES_TOGETHER,
      begin: { unit: 'bytes', done: 0, total: 0, step: 'uploading' },
      reportOf: (error) => serviceReport(error, context),
    };
    return runJobs(context, jobs, options, async ({ input, target }, task) => {
      if (wait) await requireFree(target, force);
      const { apiUrl } = service;
      const note = (text: string) => terminal.note(`${input}: ${text}`);
      const services = { apiUrl, client, journal, task, note, signal };
      const { video, fetched } = await cutFile({ path: input, target, intervalSeconds, wait }, services);
      if (fetched === undefined) {
        terminal.result({ file: input, id: video.id, status: video.status }, video.id);
        return;
      }
      const { framesDelivered } = fetched.manifest;
      terminal.result(
        {
          ...{ file: input, id: video.id, status: video.status, output: target.path },
          ...{ frames: framesDelivered, sizeBytes: fetched.sizeBytes },
        },
        target.path,
      );
      note(`${count(framesDelivered, 'frame')}, each checked against the manifest`);
    });
  });

const requireInterval = (seconds: number): number => {
  if (Number.isInteger(seconds) && seconds >= MIN_INTERVAL_SECONDS && seconds <= MAX_INTERVAL_SECONDS) {
    return seconds;
  }
  throw usageError(
    `The service takes whole seconds from ${MIN_INTERVAL_SECONDS} to ${MAX_INTERVAL_SECONDS} for --every.`,
    'Choose one of these, or use `frame-flow extract`.',
  );
};

const requireFiles = (inputs: readonly string[]): void => {
  const address = inputs.find(isUrl);
  if (address === undefined) return;
  throw usageError(`${address} is an address.`, 'Download the file, or use `frame-flow extract`.');
};
