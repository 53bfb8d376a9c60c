import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import { waitFor } from '../waiting.ts';
import { APP_STACK, Cdk } from './cdk.ts';
import { Cloud } from './cloud.ts';
import { Compose, checkDocker } from './compose.ts';
import { deployedApi, forgetApi, rememberApi, synthesizedApi } from './deployed-api.ts';
import { environmentFilesOf } from './environment-files.ts';
import type { Options } from './options.ts';
import { apiUrlOf, outputNamed, readOutputs, selfTestFunctions } from './outputs.ts';
import type { Paths } from './paths.ts';
import type { Programs } from './programs.ts';
import { runSteps, type Step } from './steps.ts';

export interface Deployment {
  readonly options: Options;
  readonly paths: Paths;
  readonly programs: Programs;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** The first call of a function starts a container for it. */
const HEALTH_DEADLINE_MILLISECONDS = 180_000;
const HEALTH_INTERVAL_MILLISECONDS = 1_000;

/**
 * Deploys everything, or updates a running deployment to the current sources. It can be repeated.
 *
 * @returns the API's URL without a trailing slash
 * @throws StepError saying what to do; InterruptedError
 */
export const up = async (deployment: Deployment): Promise<string> => {
  const { options, paths, programs, log, signal } = deployment;
  const compose = new Compose(programs, paths);
  const cdk = new Cdk(programs, paths, options);
  const cloud = new Cloud(options.endpoint, signal);
  const outputs = async () => readOutputs(JSON.parse(await readFile(paths.outputs, 'utf8')));
  const again = 'run this again';
  const fresh = 'run `npm run localstack -- down`, then this again';

  const steps: Step[] = [
    {
      title: 'Looking for Docker and Docker Compose',
      advice: `Install Docker with Compose and ${again}.`,
      run: () => checkDocker(programs),
    },
    {
      title: 'Removing the files of an earlier deployment',
      advice: `Make the directories build/compose and build/localstack writable and ${again}.`,
      run: async () => {
        // Outputs and environment files contain queues and passwords that may no longer exist.
        await rm(paths.environmentFiles, { recursive: true, force: true });
        await rm(paths.outputs, { force: true });
        await mkdir(paths.environmentFiles, { recursive: true, mode: 0o700 });
      },
    },
    {
      title: 'Starting LocalStack, PostgreSQL and Valkey',
      advice: `Free port 4566 if it is in use, check that Docker can download the images, and ${again}.`,
      log: 'compose-services',
      run: () => compose.startServices(),
    },
    {
      title: 'Creating the templates and bundles',
      advice: `Fix the error below and ${again}.`,
      log: 'cdk-synth',
      run: () => cdk.synthesize(),
    },
    {
      title: 'Preparing LocalStack for deployments of the CDK',
      advice: `Check that LocalStack answers at ${options.endpoint} and ${again}; if it still fails, ${fresh}.`,
      log: 'cdk-bootstrap',
      run: () => cdk.bootstrap(),
    },
    {
      title: 'Deploying',
      advice: `Fix the error below and ${again}; if it still fails, ${fresh}.`,
      log: 'cdk-deploy',
      run: () => deploy({ cdk, cloud, compose, paths, log }),
    },
    {
      title: 'Migrating the database',
      advice: `Fix the migration that the line below names and ${again}.`,
      run: async () => cloud.invoke(outputNamed(await outputs(), 'MigrateFunctionName')),
    },
    {
      title: 'Running the self-tests of the deployment',
      advice: `Fix the error below and ${again}; if it still fails, ${fresh}.`,
      run: async () => {
        const functions = selfTestFunctions(await outputs());
        if (functions.length === 0) log.info('      no self-test is deployed');
        for (const name of functions) await cloud.invoke(name);
      },
    },
    {
      title: 'Writing the environment of the relay and the worker',
      advice: `Check that build/compose is writable and ${again}; if it still fails, ${fresh}.`,
      run: async () => {
        const files = await environmentFilesOf(await outputs(), (id) => cloud.readSecret(id));
        // The files contain passwords.
        for (const { fileName, content } of files)
          await writeFile(join(paths.environmentFiles, fileName), content, { mode: 0o600 });
      },
    },
    {
      title: 'Building and starting the relay and the worker',
      advice: `Fix the error below and ${again}.`,
      log: 'compose-containers',
      run: () => compose.startContainers(),
    },
    {
      title: 'Waiting until the API answers',
      advice: `Look at the logs of LocalStack (docker compose -f docker-compose.local.yml logs localstack) and ${fresh}.`,
      run: async () => untilHealthy(apiUrlOf(await outputs(), options.endpoint), signal),
    },
  ];
  await runSteps(steps, { log, programs, signal, now: Date.now });
  return apiUrlOf(await outputs(), options.endpoint);
};

interface DeployServices {
  readonly cdk: Cdk;
  readonly cloud: Cloud;
  readonly compose: Compose;
  readonly paths: Paths;
  readonly log: Log;
}

/** Deploys. If the API differs from the deployed one, the application is removed first (deployed-api.ts). */
const deploy = async ({ cdk, cloud, compose, paths, log }: DeployServices): Promise<void> => {
  const api = await synthesizedApi(paths);
  if ((await cloud.hasStack(APP_STACK)) && (await deployedApi(paths)) !== api) {
    log.info('      the API has changed: the application is removed and deployed again; its data stays');
    await forgetApi(paths);
    await compose.removeContainers();
    await cdk.destroyApp();
  }
  await forgetApi(paths);
  await cdk.deploy();
  // The command line makes the file readable for all users. The directory already protects it; this is a second
  // protection.
  await chmod(paths.outputs, 0o600);
  await rememberApi(paths, api);
};

const untilHealthy = async (url: string, signal: AbortSignal): Promise<void> => {
  let last = 'no answer';
  await waitFor(
    `An answer of ${url}/health`,
    async () => {
      try {
        const response = await fetch(`${url}/health`, { signal });
        last = `status ${response.status}`;
        return response.ok || undefined;
      } catch (error) {
        if (signal.aborted) throw error;
        return undefined;
      }
    },
    HEALTH_DEADLINE_MILLISECONDS,
    HEALTH_INTERVAL_MILLISECONDS,
  ).catch((error: unknown) => {
    throw new Error(`${url}/health: ${last}`, { cause: error });
  });
};
