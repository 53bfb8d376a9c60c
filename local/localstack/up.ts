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
 * Brings up everything, or brings what runs to the state of the sources. It may be run any number of times.
 *
 * @returns where the API answers, without a trailing slash.
 * @throws StepError (as rejection) saying what to do; InterruptedError.
 */
export const up = async (deployment: Deployment): Promise<string> => {
  const { options, paths, programs, log, signal } = deployment;
  const compose = new Compose(programs, paths);
  const cdk = new Cdk(programs, paths, options);
  const cloud = new Cloud(options.endpoint, signal);
  const outputs = async () => readOutputs(JSON.parse(await readFile(paths.outputs, 'utf8')));
  const again = 'run this again';
  const fresh = 'run `npm run localstack -- down` and this again';

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
        // Outputs and environments name queues and passwords that may be gone.
        await rm(paths.environmentFiles, { recursive: true, force: true });
        await rm(paths.outputs, { force: true });
        await mkdir(paths.environmentFiles, { recursive: true, mode: 0o700 });
      },
    },
    {
      title: 'Starting LocalStack, PostgreSQL and Valkey',
      advice: `Free port 4566 if it is in use, see that Docker can fetch the images, and ${again}.`,
      log: 'compose-services',
      run: () => compose.startServices(),
    },
    {
      title: 'Making the templates and bundles',
      advice: `Mend what the lines below say and ${again}.`,
      log: 'cdk-synth',
      run: () => cdk.synthesize(),
    },
    {
      title: 'Preparing LocalStack for deployments of the CDK',
      advice: `See that LocalStack answers at ${options.endpoint} and ${again}; if this stays, ${fresh}.`,
      log: 'cdk-bootstrap',
      run: () => cdk.bootstrap(),
    },
    {
      title: 'Deploying',
      advice: `Mend what the lines below say and ${again}; if this stays, ${fresh}.`,
      log: 'cdk-deploy',
      run: () => deploy({ cdk, cloud, compose, paths, log }),
    },
    {
      title: 'Migrating the database',
      advice: `Mend the migration that the line below names and ${again}.`,
      run: async () => cloud.invoke(outputNamed(await outputs(), 'MigrateFunctionName')),
    },
    {
      title: 'Letting the deployment test itself',
      advice: `Mend what the line below says and ${again}; if this stays, ${fresh}.`,
      run: async () => {
        const functions = selfTestFunctions(await outputs());
        if (functions.length === 0) log.info('      no self-test is deployed');
        for (const name of functions) await cloud.invoke(name);
      },
    },
    {
      title: 'Writing the environment of the relay and the worker',
      advice: `See that build/compose is writable and ${again}; if this stays, ${fresh}.`,
      run: async () => {
        const files = await environmentFilesOf(await outputs(), (id) => cloud.readSecret(id));
        // Passwords are in it.
        for (const { fileName, content } of files)
          await writeFile(join(paths.environmentFiles, fileName), content, { mode: 0o600 });
      },
    },
    {
      title: 'Building and starting the relay and the worker',
      advice: `Mend what the lines below say and ${again}.`,
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

/** Deploys; an application whose API differs from the one that is there is removed first (deployed-api.ts). */
const deploy = async ({ cdk, cloud, compose, paths, log }: DeployServices): Promise<void> => {
  const api = await synthesizedApi(paths);
  if ((await cloud.hasStack(APP_STACK)) && (await deployedApi(paths)) !== api) {
    log.info('      the API has changed: the application is deployed anew, its data stays');
    await forgetApi(paths);
    await compose.removeContainers();
    await cdk.destroyApp();
  }
  await forgetApi(paths);
  await cdk.deploy();
  // The command line writes it readable for all, and the directory is its owner's alone: twice is safer.
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
