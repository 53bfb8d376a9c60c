import type { Options } from './options.ts';
import type { Paths } from './paths.ts';
import type { Programs } from './programs.ts';

export const DATA_STACK = 'FrameFlow-local-Data';
export const APP_STACK = 'FrameFlow-local-App';

/**
 * Runs `cdklocal`, the CDK command line for LocalStack. `synthesize` creates the templates, which the other commands
 * use.
 */
export class Cdk {
  readonly #programs: Programs;
  readonly #paths: Paths;
  readonly #options: Options;

  constructor(programs: Programs, paths: Paths, options: Options) {
    this.#programs = programs;
    this.#paths = paths;
    this.#options = options;
  }

  async synthesize(): Promise<void> {
    const context = ['stage=local', ...this.#options.context].flatMap((pair) => ['-c', pair]);
    await this.#cdklocal('synth', ...['--quiet', ...context, '--output', this.#paths.assembly]);
  }

  async bootstrap(): Promise<void> {
    await this.#cdklocal('bootstrap', '--app', this.#paths.assembly);
  }

  async deploy(): Promise<void> {
    await this.#cdklocal(
      'deploy',
      ...['--app', this.#paths.assembly, '--all', '--require-approval', 'never'],
      ...['--outputs-file', this.#paths.outputs],
    );
  }

  async destroyApp(): Promise<void> {
    await this.#cdklocal('destroy', ...['--app', this.#paths.assembly, APP_STACK, '--force']);
  }

  async #cdklocal(command: string, ...args: string[]): Promise<void> {
    const { endpoint, otherEndpoint } = this.#options;
    // Removes the endpoints of the user's shell, which may belong to another deployment.
    const env = {
      AWS_ENDPOINT_URL: otherEndpoint ? endpoint : undefined,
      AWS_ENDPOINT_URL_S3: otherEndpoint ? endpoint : undefined,
      AWS_PROFILE: undefined,
    };
    await this.#programs.run('cdklocal', { args: [command, ...args], env, log: `cdk-${command}` });
  }
}
