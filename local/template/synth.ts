import { appendFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { DevStackError } from '../errors.ts';
import type { ProcessLedger } from '../processes/ledger.ts';
import { lastLines, runToEnd } from '../processes/run-to-end.ts';

/** The app's CDK context `local`: describes this machine. */
export interface LocalContext {
  readonly databaseHost: string;
  readonly databasePort: number;
  readonly databaseAdminUser: string;
  readonly databaseAdminPassword: string;
  readonly redisUrl: string;
  readonly ffmpegPath: string;
  readonly libavPath: string;
  /** The front door calls the template's authorizer, as API Gateway does. */
  readonly accessCheck: 'gateway';
  /** The bucket's URL for users. */
  readonly publicStorageUrl: string;
  readonly allowedOrigins: readonly string[];
  /** Replaces values of the stage's timing, in seconds. */
  readonly timing?: Readonly<Record<string, number>>;
  /** Replaces limits of a video that the Lambda may process. */
  readonly lambdaLimits?: Readonly<Record<string, number>>;
}

export interface SynthOptions {
  /** The directory of cdk.json. */
  readonly projectDirectory: string;
  /** The absolute path of the app's entry. */
  readonly appEntry: string;
  /** The directory of the assembly. It is removed first. */
  readonly outputDirectory: string;
  readonly logFile: string;
  readonly context: LocalContext;
  readonly ledger: ProcessLedger;
}

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()).default({}) });

const LINES_OF_AN_ERROR = 25;

/**
 * Runs the CDK app for stage `local`.
 * @throws DevStackError SYNTH_FAILED, with the app's output
 */
export const synthesize = async (options: SynthOptions): Promise<void> => {
  const { projectDirectory, appEntry, outputDirectory, logFile, context, ledger } = options;
  await rm(outputDirectory, { recursive: true, force: true });
  const cdkContext = { ...(await readContext(projectDirectory)), stage: 'local', local: context };
  const { code, output } = await runToEnd(process.execPath, [appEntry], {
    cwd: projectDirectory,
    env: { ...process.env, CDK_OUTDIR: outputDirectory, CDK_CONTEXT_JSON: JSON.stringify(cdkContext) },
    // Recorded, so that an interrupted synthesis does not write files that the next start reads.
    onStart: (pid) => ledger.record(pid, 'synth'),
  });
  await appendFile(logFile, output, { mode: 0o600 });
  if (code === 0) return;
  throw new DevStackError(
    'SYNTH_FAILED',
    `The CDK app ${appEntry} failed (${code}):\n${lastLines(output, LINES_OF_AN_ERROR)}`,
  );
};

const readContext = async (projectDirectory: string): Promise<Record<string, unknown>> => {
  const text = await readFile(join(projectDirectory, 'cdk.json'), 'utf8').catch(() => '{}');
  return CdkJson.parse(JSON.parse(text)).context;
};
