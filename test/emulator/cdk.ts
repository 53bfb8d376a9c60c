import { join } from 'node:path';
import { REPOSITORY_ROOT } from '../../lib/paths.ts';
import type { ProgramResult } from '../../local/processes/run-to-end.ts';
import type { Foundation } from './foundation.ts';
import { runProgram, tryProgram } from './run-program.ts';

/** The pinned CDK command line, as `npx cdk` starts it. */
const CDK = join(REPOSITORY_ROOT, 'node_modules', '.bin', 'cdk');

/** The CDK command line against MiniStack, for stage local. */
export class Cdk {
  /** The assembly of the last deployment. */
  readonly output: string;
  readonly #foundation: Foundation;

  constructor(foundation: Foundation) {
    this.#foundation = foundation;
    this.output = join(foundation.directory, 'cdk.out');
  }

  /** `cdk bootstrap`. @throws EmulatorError */
  async bootstrap(): Promise<void> {
    await runProgram(CDK, ['bootstrap', ...this.#context()], this.#options(REPOSITORY_ROOT));
  }

  /**
   * `cdk deploy --all` of the app in `directory`.
   * @throws EmulatorError if the deployment fails
   */
  async deploy(directory = REPOSITORY_ROOT): Promise<void> {
    await runProgram(CDK, this.#deployment(), this.#options(directory));
  }

  /** Like `deploy`, for a deployment that may fail. */
  tryToDeploy(directory: string): Promise<ProgramResult> {
    return tryProgram(CDK, this.#deployment(), this.#options(directory));
  }

  /** `cdk destroy --all`. @throws EmulatorError */
  async destroy(): Promise<void> {
    await runProgram(
      CDK,
      ['destroy', '--all', '--force', ...this.#context()],
      this.#options(REPOSITORY_ROOT),
    );
  }

  #deployment(): string[] {
    return ['deploy', '--all', '--require-approval', 'never', ...this.#context()];
  }

  #context(): string[] {
    const local = JSON.stringify(this.#foundation.localContext);
    return ['-c', 'stage=local', '-c', `local=${local}`, '--output', this.output];
  }

  #options(cwd: string) {
    const { miniStack, logs, processes } = this.#foundation;
    return {
      cwd,
      env: { ...withoutAws(process.env), ...miniStack.rootEnvironment, CI: 'true', NO_COLOR: '1' },
      logFile: join(logs, 'cdk.log'),
      onStart: (pid: number) => processes.ledger.record(pid, 'cdk'),
    };
  }
}

/** The environment without the user's AWS variables, so that no real account is called. */
const withoutAws = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('AWS_'))),
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
});
