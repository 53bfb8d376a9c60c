import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../support/eventually.ts';
import { FakeMachine, SECRET_ARN, templateWith } from '../../../support/localstack/fake-machine.ts';

const COMPOSE = 'docker compose --file docker-compose.local.yml';
const BUILD = 'build/localstack';
const HEALTH = 'cloud GET /_aws/execute-api/abc123/local/health';
const FIRST_RUN = [
  'docker version --format {{.Server.Version}}',
  'docker compose version --short',
  `${COMPOSE} up --detach --wait`,
  `cdklocal synth --quiet -c stage=local --output ${BUILD}/cdk.out`,
  `cdklocal bootstrap --app ${BUILD}/cdk.out`,
  'cloud describe FrameFlow-local-App',
  `cdklocal deploy --app ${BUILD}/cdk.out --all --require-approval never --outputs-file ${BUILD}/outputs.json`,
  'cloud invoke migrate',
  'cloud invoke self-test-arm',
  'cloud invoke self-test-x86',
  `cloud secret ${SECRET_ARN}`,
  `${COMPOSE} --profile containers up --detach --build --wait`,
  HEALTH,
];
const REMOVAL = [
  `${COMPOSE} --profile containers rm --stop --force relay worker`,
  `cdklocal destroy --app ${BUILD}/cdk.out FrameFlow-local-App --force`,
];

let machine: FakeMachine;
beforeEach(async () => {
  machine = new FakeMachine();
  await machine.start();
});
afterEach(() => machine.close());

const inProject = (...path: string[]) => join(machine.project, ...path);
const environmentOf = (name: string) => inProject('build', 'compose', `${name}.env`);

describe('npm run localstack', () => {
  it('starts, deploys, migrates, tests, and starts the containers, in this order', async () => {
    expect(await machine.run()).toBe(0);
    expect(machine.story()).toEqual(FIRST_RUN);
    expect(machine.printed.join('\n')).toContain(`${machine.cloud.url}/_aws/execute-api/abc123/local`);
  });

  it('writes the environment of the containers, readable by its owner only, and prints no secret', async () => {
    await machine.run();
    expect(readFileSync(environmentOf('worker'), 'utf8')).toBe(
      "DATABASE_PASSWORD='hunter2'\nVIDEO_BUCKET='videos'\n",
    );
    expect(readFileSync(environmentOf('relay'), 'utf8')).toBe("STAGE='local'\n");
    for (const file of [environmentOf('worker'), environmentOf('relay'), inProject(BUILD, 'outputs.json')])
      expect(statSync(file).mode & 0o777, file).toBe(0o600);
    for (const directory of [inProject('build', 'compose'), inProject(BUILD)])
      expect(statSync(directory).mode & 0o777, directory).toBe(0o700);
    expect(machine.printed.join('\n')).not.toContain('hunter2');
  });

  it('runs the same steps again on a second run', async () => {
    await machine.run();
    machine.cloud.behaviour.stackExists = true;
    expect(await machine.run()).toBe(0);
    expect(machine.story()).toEqual(FIRST_RUN);
  });

  it('updates the application when its code changed and its API did not', async () => {
    await machine.run();
    machine.cloud.behaviour.stackExists = true;
    machine.programs.template = templateWith('https://a.example', 'v2');
    expect(await machine.run()).toBe(0);
    expect(machine.story()).toEqual(FIRST_RUN);
  });

  it('removes the application and deploys it again when its API changed', async () => {
    await machine.run();
    machine.cloud.behaviour.stackExists = true;
    machine.programs.template = templateWith('https://b.example');
    expect(await machine.run()).toBe(0);
    expect(machine.story()).toEqual(FIRST_RUN.toSpliced(6, 0, ...REMOVAL));
    expect(await machine.run()).toBe(0);
    expect(machine.story()).toEqual(FIRST_RUN);
  });

  it('removes an application whose deployment failed half-way, since its API is unknown', async () => {
    machine.programs.fail = 'cdklocal deploy';
    expect(await machine.run()).toBe(1);
    delete machine.programs.fail;
    machine.cloud.behaviour.stackExists = true;
    expect(await machine.run()).toBe(0);
    expect(machine.story()).toEqual(FIRST_RUN.toSpliced(6, 0, ...REMOVAL));
  });

  it('removes nothing from a LocalStack that has lost its state', async () => {
    await machine.run();
    machine.programs.template = templateWith('https://b.example');
    expect(await machine.run()).toBe(0);
    expect(machine.story()).toEqual(FIRST_RUN);
  });

  it('waits until the API answers', async () => {
    machine.cloud.behaviour.unhealthyAnswers = 2;
    expect(await machine.run()).toBe(0);
    expect(machine.story().slice(-4)).toEqual([FIRST_RUN.at(-2), HEALTH, HEALTH, HEALTH]);
  });

  it('removes the files of an earlier deployment before it starts anything', async () => {
    for (const directory of [inProject('build', 'compose'), inProject(BUILD)])
      mkdirSync(directory, { recursive: true });
    writeFileSync(environmentOf('worker'), 'DATABASE_PASSWORD=old');
    writeFileSync(inProject(BUILD, 'outputs.json'), '{}');
    machine.programs.fail = 'up --detach --wait';
    expect(await machine.run()).toBe(1);
    expect(existsSync(environmentOf('worker'))).toBe(false);
    expect(existsSync(inProject(BUILD, 'outputs.json'))).toBe(false);
  });

  it('passes context values to the synthesis', async () => {
    expect(await machine.run(['-c', 'allowedOrigins=https://b.example'])).toBe(0);
    expect(machine.story()).toContain(
      `cdklocal synth --quiet -c stage=local -c allowedOrigins=https://b.example --output ${BUILD}/cdk.out`,
    );
  });

  it('overrides the endpoints and the profile of the user’s shell', async () => {
    const env = {
      AWS_ENDPOINT_URL: 'https://aws.example',
      AWS_ENDPOINT_URL_S3: 'https://s3.example',
      AWS_PROFILE: 'prod',
    };
    await machine.run([], { env });
    const seen = machine
      .calls()
      .flatMap(({ program, env: variables }) => (program === 'cdklocal' ? [variables] : []));
    expect(seen).toHaveLength(3);
    for (const variables of seen) {
      expect(variables).toMatchObject({
        AWS_ENDPOINT_URL: machine.cloud.url,
        AWS_ENDPOINT_URL_S3: machine.cloud.url,
      });
      expect(variables).not.toHaveProperty('AWS_PROFILE');
    }
    // With LocalStack at its default address, cdklocal sets the endpoint itself.
    machine.programs.fail = 'cdklocal bootstrap';
    await machine.run([], { env: { ...env, LOCALSTACK_ENDPOINT: '' } });
    const [synthesis] = machine.calls().filter(({ program }) => program === 'cdklocal');
    expect(synthesis?.env).toEqual({});
  });
});

describe('A failure of npm run localstack', () => {
  it.each([
    ['docker version', /Docker does not answer: start it/],
    ['docker compose version', /Docker Compose 2\.24 or newer is needed: install its plugin/],
    [
      'up --detach --wait',
      /Starting LocalStack, PostgreSQL and Valkey failed\. Free port 4566.*\n {2}docker ended with 1\n.*compose-services\.log/,
    ],
    [
      'cdklocal synth',
      /Creating the templates and bundles failed\. Fix.*\n {2}cdklocal ended with 1\n.*cdk-synth\.log/,
    ],
    [
      'cdklocal bootstrap',
      /Preparing LocalStack .* failed\. Check that LocalStack answers.*\n {2}cdklocal ended with 1\n.*cdk-bootstrap\.log/,
    ],
    ['cdklocal deploy', /Deploying failed\. Fix.*\n {2}cdklocal ended with 1\n.*cdk-deploy\.log/],
    [
      '--build',
      /Building and starting the relay and the worker failed\. Fix.*\n {2}docker ended with 1\n.*compose-containers\.log/,
    ],
  ])('in %s prints what to do and ends the command', async (fail, sentence) => {
    machine.programs.fail = fail;
    expect(await machine.run()).toBe(1);
    expect(machine.printed.at(-1)).toMatch(sentence);
    expect(machine.story().at(-1)).toContain(fail);
  });

  it.each([
    [
      'the migration',
      'migrate',
      /Migrating the database failed\. Fix the migration.*\n {2}column "x" is missing/,
    ],
    [
      'a self-test',
      'self-test-arm',
      /Running the self-tests of the deployment failed\. Fix.*\n {2}column "x" is missing/,
    ],
  ])('of %s shows the function’s own sentence', async (_what, name, sentence) => {
    machine.cloud.behaviour.functionErrors[name] = 'column "x" is missing';
    expect(await machine.run()).toBe(1);
    expect(machine.printed.at(-1)).toMatch(sentence);
    expect(machine.story().at(-1)).toBe(`cloud invoke ${name}`);
  });

  it('while a secret is read starts no container', async () => {
    machine.cloud.behaviour.secret = undefined;
    expect(await machine.run()).toBe(1);
    expect(machine.printed.at(-1)).toMatch(/Writing the environment .* failed\. /);
    expect(machine.story().at(-1)).toBe(`cloud secret ${SECRET_ARN}`);
  });

  it('because of missing Docker says so', async () => {
    machine.uninstall('docker');
    expect(await machine.run()).toBe(1);
    expect(machine.printed.at(-1)).toMatch(/^Docker was not found: install/);
  });

  it.each(['2.23.3', '1.29.2'])('because of Compose %s names the version that is needed', async (version) => {
    machine.programs.print['compose version'] = version;
    expect(await machine.run()).toBe(1);
    expect(machine.printed.at(-1)).toContain(
      `Docker Compose 2.24 or newer is needed; version ${version} was found`,
    );
  });

  it.each(['2.24.0', 'v2.39.4', '3.0.0', 'dev'])('does not occur with Compose %s', async (version) => {
    machine.programs.print['compose version'] = version;
    expect(await machine.run()).toBe(0);
  });

  it('shows the end of the program’s output without lines that may hold a password', async () => {
    machine.programs.print['cdklocal deploy'] = 'DATABASE_PASSWORD=hunter2\nthe stack exists';
    machine.programs.fail = 'cdklocal deploy';
    await machine.run();
    expect(machine.printed.at(-1)).toContain('the stack exists');
    expect(machine.printed.join('\n')).not.toContain('hunter2');
  });

  it.each([['nonsense'], ['-c'], ['-c', 'stage']])(
    'because of wrong arguments shows the usage: %s',
    async (...args) => {
      expect(await machine.run(args)).toBe(1);
      expect(machine.printed.join('\n')).toContain('Usage: npm run localstack');
      expect(machine.story()).toEqual([]);
    },
  );
});

describe('Ctrl-C during npm run localstack', () => {
  it('ends the running program and its children, and says that the services go on running', async () => {
    machine.programs.hang = 'cdklocal deploy';
    const interrupted = new AbortController();
    const ended = machine.run([], { signal: interrupted.signal });
    const grandchild = await eventually('the deployment to run', async () => {
      try {
        return machine.pidOfGrandchild();
      } catch {
        return undefined;
      }
    });
    interrupted.abort();
    expect(await ended).toBe(130);
    expect(machine.printed.at(-1)).toMatch(
      /^Interrupted\. The started services .* continue to run: .*localstack -- down/,
    );
    expect(machine.story().at(-1)).toContain('cdklocal deploy');
    await eventually('its child to end', async () => (isRunning(grandchild) ? undefined : true));
  });
});

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A zombie process that init has not collected yet has ended.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};
