import { rm } from 'node:fs/promises';
import { Compose, checkDocker } from './compose.ts';
import { runSteps } from './steps.ts';
import type { Deployment } from './up.ts';

/**
 * Removes everything that `up` created: containers, volumes, images, files.
 *
 * @throws StepError saying what to do; InterruptedError
 */
export const down = async ({ paths, programs, log, signal }: Deployment): Promise<void> => {
  const compose = new Compose(programs, paths);
  await runSteps(
    [
      {
        title: 'Looking for Docker and Docker Compose',
        advice: 'Install Docker with Compose and run this again.',
        run: () => checkDocker(programs),
      },
      {
        title: 'Removing containers, volumes and images',
        advice: 'Fix the error below and run this again.',
        log: 'compose-down',
        run: () => compose.removeAll(),
      },
      {
        title: 'Removing the generated files',
        advice: 'Remove build/compose and build/localstack by hand.',
        run: async () => {
          for (const directory of [paths.environmentFiles, paths.work])
            await rm(directory, { recursive: true, force: true });
        },
      },
    ],
    { log, programs, signal, now: Date.now },
  );
};
