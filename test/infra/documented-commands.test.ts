import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { REPOSITORY_ROOT } from '../../lib/paths.ts';
import { type AccountRecorder, recordAccount } from '../support/account-recorder.ts';
import { commandsOf, type DocumentedCommand } from '../support/documented-commands.ts';

/** How a documented command is checked. */
type Check =
  /** Run for real until the account refuses; `reaches` is a call that the command makes after the synthesis. */
  | { by: 'account'; reaches: RegExp; options?: string[] }
  /** Run with its section, where `aws` and `npx` are programs that record their arguments. */
  | { by: 'recording' }
  /** Run by CI before any test. */
  | { by: 'ci' }
  /** Never run, only read, and marked so on the page. */
  | { by: 'reading' };

const FORCE = ['--force'];
const NEVER_RUN = /\bnever run$/;

/** Every command of the AWS part of docs/deploy.md and of README's section Deploy. A new command needs a line here. */
const AWS_COMMANDS: Record<string, Check> = {
  'npm ci': { by: 'ci' },
  'npx cdk bootstrap -c stage=dev': { by: 'account', reaches: /^DescribeStacks CDKToolkit$/ },
  'aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com': { by: 'reading' },
  'npx cdk diff -c stage=dev --all': { by: 'account', reaches: /^DescribeStacks FrameFlow-dev-Network$/ },
  'npx cdk deploy -c stage=dev --all': {
    by: 'account',
    reaches: /^\/cdk-hnb659fds-assets-/,
    options: ['--require-approval', 'never'],
  },
  'aws sns subscribe --topic-arn "$ALARM_TOPIC_ARN" --protocol email --notification-endpoint you@example.com':
    {
      by: 'reading',
    },
  'BUCKET=$(aws cloudformation describe-stacks --stack-name FrameFlow-dev-Data --query "Stacks[0].Outputs[?OutputKey==\'VideoBucketName\'].OutputValue" --output text)':
    { by: 'recording' },
  'npx cdk destroy -c stage=dev FrameFlow-dev-App': {
    by: 'account',
    reaches: /^DescribeStacks FrameFlow-dev-App$/,
    options: FORCE,
  },
  'aws s3 rm "s3://$BUCKET" --recursive': { by: 'recording' },
  'npx cdk destroy -c stage=dev --all': {
    by: 'account',
    reaches: /^DescribeStacks FrameFlow-dev-App$/,
    options: FORCE,
  },
  'for STACK in App Data Network; do aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name "FrameFlow-prod-$STACK"; done':
    { by: 'recording' },
  'DATABASE=$(aws cloudformation describe-stack-resources --stack-name FrameFlow-prod-Data --query "StackResources[?ResourceType==\'AWS::RDS::DBInstance\'].PhysicalResourceId" --output text)':
    { by: 'recording' },
  'aws rds modify-db-instance --db-instance-identifier "$DATABASE" --no-deletion-protection --apply-immediately':
    { by: 'recording' },
  'npx cdk destroy -c stage=prod --all': {
    by: 'account',
    reaches: /^DescribeStacks FrameFlow-prod-App$/,
    options: FORCE,
  },
};

/** The commands allowed in the LocalStack part. Other tests run them. */
const LOCALSTACK_COMMANDS = [/^npm ci$/, /^npm run (localstack|test:emulator)\b/];

const deploy = commandsOf('docs/deploy.md');
const ofLocalStack = ({ section }: DocumentedCommand) => section.includes('LocalStack');
const aws = [
  ...deploy.filter((command) => !ofLocalStack(command)),
  ...commandsOf('README.md').filter(({ section }) => section === 'Deploy'),
];

const directory = mkdtempSync(join(tmpdir(), 'frame-flow-documented-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('Every command of the documentation', () => {
  test('in the AWS part is listed in this test, and the list has no other', () => {
    expect(new Set(aws.map(({ text }) => text))).toEqual(new Set(Object.keys(AWS_COMMANDS)));
  });

  test.each(deploy.filter(ofLocalStack))('in the LocalStack part has tests of its own: $text', ({ text }) => {
    expect(LOCALSTACK_COMMANDS.some((known) => known.test(text))).toBe(true);
  });

  test('is marked as never run exactly if no test runs it', () => {
    const marked = aws.filter(({ comment }) => NEVER_RUN.test(comment)).map(({ text }) => text);
    const read = Object.keys(AWS_COMMANDS).filter((text) => AWS_COMMANDS[text]?.by === 'reading');
    expect(marked.toSorted()).toEqual(read.toSorted());
  });

  test('that installs the packages is also the first one of CI', () => {
    const [first] = readFileSync(join(REPOSITORY_ROOT, '.ci/run'), 'utf8').match(/^npm .*$/m) ?? [];
    expect(first).toBe('npm ci');
  });
});

/** Runs a command in a shell as a reader would, with the recorder in place of AWS. @returns the command's output. */
const runAgainst = async ({ url }: AccountRecorder, command: string, options: readonly string[]) => {
  const { PATH, HOME } = process.env;
  const child = spawn('bash', ['-c', `${command} ${options.join(' ')} --output "$OUTPUT" 2>&1`], {
    cwd: REPOSITORY_ROOT,
    env: {
      // The app of cdk.json, which runs once for each context.
      CDK_APP: 'node test/support/remembered-app.ts',
      ...{ PATH, HOME, NO_COLOR: '1', OUTPUT: join(directory, 'cdk.out'), CDK_HOME: join(directory, 'cdk') },
      ...{ AWS_ENDPOINT_URL: url, AWS_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true' },
      ...{ AWS_ACCESS_KEY_ID: 'documented', AWS_SECRET_ACCESS_KEY: 'commands', AWS_MAX_ATTEMPTS: '1' },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (data) => {
    printed += String(data);
  });
  await once(child, 'close');
  return printed;
};

describe('A documented command of the CDK', () => {
  const commands = Object.entries(AWS_COMMANDS).flatMap(([text, check]) =>
    check.by === 'account' ? [{ text, ...check }] : [],
  );

  test.each(commands)('reaches the account: $text', { timeout: 600_000 }, async (command) => {
    const account = await recordAccount();
    try {
      const printed = await runAgainst(account, command.text, command.options ?? []);
      expect(
        account.calls.some((call) => command.reaches.test(call)),
        `${printed}\n${account.calls.join('\n')}`,
      ).toBe(true);
    } finally {
      await account.close();
    }
  });

  test('fails before it reaches the account if it names no stage', { timeout: 600_000 }, async () => {
    const account = await recordAccount();
    try {
      expect(await runAgainst(account, 'npx cdk bootstrap', [])).toContain('Pass -c stage=dev|prod|local');
      expect(account.calls).toEqual([]);
    } finally {
      await account.close();
    }
  });
});

describe('Taking a stage down, as documented', () => {
  /** A program that records its arguments and answers the values that --query asks for. */
  const RECORD = `#!/bin/bash
printf '%s' "\${0##*/}" >> "$LOG"; printf ' %s' "$@" >> "$LOG"; echo >> "$LOG"
case "$*" in *VideoBucketName*) echo videos-1 ;; *AWS::RDS::DBInstance*) echo database-1 ;; esac
`;

  test('unlocks first, empties the bucket, and passes on the names that it looked up', () => {
    const log = join(directory, 'calls');
    for (const program of ['aws', 'npx']) {
      writeFileSync(join(directory, program), RECORD);
      chmodSync(join(directory, program), 0o755);
    }
    const script = deploy.filter(({ section }) => section === 'Taking it down').map(({ text }) => text);
    const run = spawnSync('bash', ['--norc', '-euc', script.join('\n')], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: `${directory}:${process.env.PATH}`, LOG: log },
      encoding: 'utf8',
    });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    const lookUp = /^aws cloudformation describe-/;
    const done = readFileSync(log, 'utf8')
      .trimEnd()
      .split('\n')
      .filter((call) => !lookUp.test(call));
    const unlock = 'aws cloudformation update-termination-protection --no-enable-termination-protection';
    expect(done).toEqual([
      'npx cdk destroy -c stage=dev FrameFlow-dev-App',
      'aws s3 rm s3://videos-1 --recursive',
      'npx cdk destroy -c stage=dev --all',
      `${unlock} --stack-name FrameFlow-prod-App`,
      `${unlock} --stack-name FrameFlow-prod-Data`,
      `${unlock} --stack-name FrameFlow-prod-Network`,
      'aws rds modify-db-instance --db-instance-identifier database-1 --no-deletion-protection --apply-immediately',
      'npx cdk destroy -c stage=prod --all',
    ]);
  });
});
