import { chmod, mkdir } from 'node:fs/promises';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { down } from './down.ts';
import { InterruptedError, StepError } from './errors.ts';
import { readOptions, USAGE } from './options.ts';
import { pathsIn } from './paths.ts';
import { Programs } from './programs.ts';
import { up } from './up.ts';

/** The exit code that shells report for a program that SIGINT ended. */
const INTERRUPTED_EXIT_CODE = 130;

export interface CommandServices {
  readonly project: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  /** Ends the command and the programs that it started. The services of the compose file continue to run. */
  readonly signal: AbortSignal;
}

/** `npm run localstack`. @returns the exit code. */
export const runCommand = async (args: readonly string[], services: CommandServices): Promise<number> => {
  const { project, env, log, signal } = services;
  try {
    const options = readOptions(args, env);
    if (options.command === 'help') {
      log.info(USAGE);
      return 0;
    }
    const paths = pathsIn(project);
    await mkdir(paths.work, { recursive: true, mode: 0o700 });
    await chmod(paths.work, 0o700);
    await mkdir(paths.logs, { recursive: true });
    const programs = new Programs({ project, logs: paths.logs, env, signal });
    const deployment = { options, paths, programs, log, signal };
    if (options.command === 'down') {
      await down(deployment);
      log.info('Everything is removed.');
      return 0;
    }
    log.info(howToTry(await up(deployment)));
    return 0;
  } catch (error) {
    if (error instanceof InterruptedError) {
      log.warn(
        'Interrupted. The started services of docker-compose.local.yml continue to run: ' +
          '`npm run localstack` continues, `npm run localstack -- down` removes everything.',
      );
      return INTERRUPTED_EXIT_CODE;
    }
    log.warn(error instanceof StepError ? error.message : `Unexpected: ${messageOf(error)}`);
    return 1;
  }
};

const howToTry = (url: string): string => `
The API answers at ${url}

Try it: \`curl ${url}/health\`, or the walkthrough of docs/api.md after \`export API=${url}\`.
After a change of the sources, run this again. \`npm run localstack -- down\` removes everything.`;
