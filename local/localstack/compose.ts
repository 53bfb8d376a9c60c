import { StepError } from './errors.ts';
import type { Paths } from './paths.ts';
import { ProgramError, type Programs } from './programs.ts';

/** The first version that knows `required: false` of an env_file. */
const OLDEST_COMPOSE = [2, 24] as const;

/** The network of docker-compose.local.yml, which LocalStack puts the functions' containers into. */
const NETWORK = 'frame-flow';

/**
 * Docker answers, and Compose is new enough.
 *
 * @throws StepError (as rejection) saying what to install or start.
 */
export const checkDocker = async (programs: Programs): Promise<void> => {
  try {
    await programs.run('docker', {
      args: ['version', '--format', '{{.Server.Version}}'],
      log: 'docker-version',
    });
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw error.missing
      ? new StepError('Docker was not found: install Docker Engine or Docker Desktop and run this again.')
      : new StepError('Docker does not answer: start it, make sure that you may use it, and run this again.');
  }
  const needed = `Docker Compose ${OLDEST_COMPOSE.join('.')} or newer is needed`;
  const version = await programs
    .run('docker', { args: ['compose', 'version', '--short'], log: 'compose-version' })
    .catch((error: unknown) => {
      if (!(error instanceof ProgramError)) throw error;
      throw new StepError(
        `${needed}: install its plugin (package docker-compose-plugin) and run this again.`,
      );
    });
  if (isOlder(version))
    throw new StepError(`${needed}, and this is ${version.trim()}: update it and run this again.`);
};

/** False where the version is no number: then it is a private build. */
const isOlder = (version: string): boolean => {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version.trim()) ?? [];
  if (major === undefined || minor === undefined) return false;
  const [oldestMajor, oldestMinor] = OLDEST_COMPOSE;
  return Number(major) < oldestMajor || (Number(major) === oldestMajor && Number(minor) < oldestMinor);
};

/** The services of docker-compose.local.yml. */
export class Compose {
  readonly #programs: Programs;
  readonly #file: string;

  constructor(programs: Programs, { composeFile }: Pick<Paths, 'composeFile'>) {
    this.#programs = programs;
    this.#file = composeFile;
  }

  /** Starts LocalStack, PostgreSQL and Valkey and waits until they are healthy. */
  async startServices(): Promise<void> {
    await this.#compose('compose-services', 'up', '--detach', '--wait');
  }

  /** Builds and starts the relay and the worker; those that run are replaced where something changed. */
  async startContainers(): Promise<void> {
    await this.#compose(
      'compose-containers',
      '--profile',
      'containers',
      'up',
      '--detach',
      '--build',
      '--wait',
    );
  }

  /** Ends the relay and the worker, whose queues are about to go. */
  async removeContainers(): Promise<void> {
    await this.#compose(
      'compose-remove',
      '--profile',
      'containers',
      'rm',
      '--stop',
      '--force',
      'relay',
      'worker',
    );
  }

  /** Removes containers, volumes, networks and the images that were built, those of functions included. */
  async removeAll(): Promise<void> {
    await this.#compose('compose-stop', '--profile', 'containers', 'rm', '--stop', '--force');
    // Functions run in containers that Compose does not know, and a network in use is not removed.
    const left = await this.#programs.run('docker', {
      args: ['ps', '--all', '--quiet', '--filter', `network=${NETWORK}`],
      log: 'docker-ps',
    });
    const ids = left.split('\n').filter((id) => /^[0-9a-f]+$/.test(id));
    if (ids.length > 0)
      await this.#programs.run('docker', { args: ['rm', '--force', ...ids], log: 'docker-rm' });
    await this.#compose(
      'compose-down',
      ...['--profile', 'containers', 'down', '--volumes', '--remove-orphans', '--rmi', 'local'],
    );
  }

  async #compose(log: string, ...args: string[]): Promise<void> {
    await this.#programs.run('docker', { args: ['compose', '--file', this.#file, ...args], log });
  }
}
