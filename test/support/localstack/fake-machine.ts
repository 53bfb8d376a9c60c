import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { runCommand } from '../../../local/localstack/run-command.ts';
import { type FakeLocalStack, startFakeLocalStack } from './fake-localstack.ts';

const Call = z.object({
  program: z.string(),
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
});
export type Call = z.infer<typeof Call>;

/** The behaviour of the programs. Each text selects the calls whose program and arguments contain it. */
export interface ProgramBehaviour {
  fail?: string;
  hang?: string;
  /** The standard output of a call. */
  print: Record<string, string>;
  template: unknown;
  outputs: unknown;
}

export const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:RolesPassword-AbCdEf';
const WORKER = {
  DATABASE_PASSWORD: `{{resolve:secretsmanager:${SECRET_ARN}:SecretString:::}}`,
  VIDEO_BUCKET: 'videos',
};

/** Outputs of stage local as the CDK command line writes them. */
const OUTPUTS = {
  'FrameFlow-local-Data': { VideoBucketName: 'videos' },
  'FrameFlow-local-App': {
    ApiUrl: 'https://abc123.execute-api.localhost.localstack.cloud:4566/local/',
    MigrateFunctionName: 'migrate',
    SelfTestFunctionNameX86: 'self-test-x86',
    SelfTestFunctionNameArm: 'self-test-arm',
    ContainerRelay: JSON.stringify({ name: 'relay', environment: { STAGE: 'local' } }),
    ContainerWorker: JSON.stringify({ name: 'worker', environment: WORKER }),
  },
};

/** A template whose API allows this origin, with a function of this code. */
export const templateWith = (origin: string, code = 'v1') => ({
  Resources: {
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'frame-flow' } },
    Denied: { Type: 'AWS::ApiGateway::GatewayResponse', Properties: { Origin: origin } },
    Http: { Type: 'AWS::Lambda::Function', Properties: { Code: code } },
  },
});

/** A machine with a fake docker, cdklocal and LocalStack, and an empty project. */
export class FakeMachine {
  readonly project: string;
  readonly programs: ProgramBehaviour;
  readonly printed: string[] = [];
  readonly #directory: string;
  #localStack: FakeLocalStack | undefined;

  constructor() {
    this.#directory = mkdtempSync(join(tmpdir(), 'frame-flow-localstack-'));
    this.project = join(this.#directory, 'project');
    mkdirSync(this.project);
    mkdirSync(join(this.#directory, 'bin'));
    this.programs = {
      print: { 'compose version': '2.39.4' },
      template: templateWith('https://a.example'),
      outputs: OUTPUTS,
    };
    this.install('docker');
    this.install('cdklocal');
  }

  async start(): Promise<void> {
    this.#localStack = await startFakeLocalStack((call) =>
      this.#note({ program: 'cloud', args: [call], env: {} }),
    );
  }

  get cloud(): FakeLocalStack {
    if (this.#localStack === undefined) throw new Error('the machine was not started');
    return this.#localStack;
  }

  install(program: string): void {
    const source = readFileSync(join(import.meta.dirname, 'fake-program.mjs'), 'utf8');
    const file = join(this.#directory, 'bin', program);
    // The package makes it a module, because the program's name must have no extension.
    writeFileSync(join(this.#directory, 'bin', 'package.json'), '{"type":"module"}');
    writeFileSync(file, `#!${process.execPath}\n${source}`);
    chmodSync(file, 0o755);
  }

  uninstall(program: string): void {
    rmSync(join(this.#directory, 'bin', program));
  }

  /** Runs the command. @returns its exit code. */
  run(
    args: readonly string[] = [],
    options: { signal?: AbortSignal; env?: Record<string, string> } = {},
  ): Promise<number> {
    writeFileSync(join(this.#directory, 'behaviour.json'), JSON.stringify(this.programs));
    writeFileSync(join(this.#directory, 'calls.jsonl'), '');
    this.printed.length = 0;
    const print = (line: string) => this.printed.push(line);
    return runCommand(args, {
      project: this.project,
      env: {
        ...{ PATH: join(this.#directory, 'bin'), FAKE_DIRECTORY: this.#directory },
        ...{ LOCALSTACK_ENDPOINT: this.cloud.url, ...options.env },
      },
      log: { info: print, warn: print },
      signal: options.signal ?? new AbortController().signal,
    });
  }

  /** All calls of the last run to programs and LocalStack, in order. */
  calls(): Call[] {
    const lines = readFileSync(join(this.#directory, 'calls.jsonl'), 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => Call.parse(JSON.parse(line)));
  }

  /** The same calls, one line each, without the machine's own paths. */
  story(): string[] {
    return this.calls().map(({ program, args }) =>
      [program, ...args].join(' ').replaceAll(`${this.project}/`, ''),
    );
  }

  /** The pid of the child of a hanging program. */
  pidOfGrandchild(): number {
    return Number(readFileSync(join(this.#directory, 'child.pid'), 'utf8'));
  }

  async close(): Promise<void> {
    await this.#localStack?.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #note(call: Call): void {
    appendFileSync(join(this.#directory, 'calls.jsonl'), `${JSON.stringify(call)}\n`);
  }
}
