import { StepError } from './errors.ts';
import type { Paths } from './paths.ts';
import { ProgramError, type Programs } from './programs.ts';

/** The first version that supports `required: false` for an env_file. */
const OLDEST_COMPOSE = [2, 24] as const;

/** The network of docker-compose.local.yml. LocalStack attaches the functions' containers to it. */
const NETWORK = 'frame-flow';

/**
 * Checks that Docker answers and that Compose is new enough.
 *
 * @throws StepError saying what to install or start
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
    throw new StepError(`${needed}; version ${version.trim()} was found: update it and run this again.`);
};

/** False if the version is not a number, as in a custom build. */
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

  /** Builds and starts the relay and the worker. A running container is replaced if it has changed. */
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

  /** Removes the relay and the worker before their queues are removed. */
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

  /** Removes containers, volumes, networks and built images, including the containers of functions. */
  async removeAll(): Promise<void> {
    await this.#compose('compose-stop', '--profile', 'containers', 'rm', '--stop', '--force');
    // Functions run in containers that Compose does not know. They use the network, and a network in use cannot be
    // removed.
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
