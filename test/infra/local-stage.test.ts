import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ofType, parseTemplate, synthesizeStage, type TemplateJson } from './synthesize.ts';

const Container = z.object({
  name: z.string(),
  directory: z.string(),
  command: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
  stopTimeoutSeconds: z.number(),
});

/** An output as a deployment shows it, with references in place of values. */
const outputOf = ({ Outputs }: TemplateJson, name: string): z.infer<typeof Container> => {
  const Join = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) });
  const [, parts] = Join.parse(Outputs[name]?.Value)['Fn::Join'];
  const text = parts.map((part) => (typeof part === 'string' ? part : 'REFERENCE')).join('');
  return Container.parse(JSON.parse(text));
};

const variablesOf = ({ Resources }: TemplateJson, name: string): Record<string, unknown> => {
  const [, fn] =
    Object.entries(Resources).find(
      ([id, { Type }]) => Type === 'AWS::Lambda::Function' && new RegExp(`^${name}[0-9A-F]{8}$`).test(id),
    ) ?? [];
  return z.object({ Variables: z.record(z.string(), z.unknown()) }).parse(fn?.Properties.Environment)
    .Variables;
};

describe('Stage local beside the compose file', () => {
  const app = parseTemplate(synthesizeStage('local').app);

  test('outputs how to run the relay', () => {
    expect(outputOf(app, 'ContainerRelay')).toEqual({
      name: 'relay',
      directory: 'build/containers/relay',
      command: ['node', 'index.mjs'],
      stopTimeoutSeconds: 120,
      environment: {
        STAGE: 'local',
        LOG_LEVEL: 'INFO',
        REDIS_URL: 'redis://valkey:6379',
        REDIS_AUTH: 'none',
        UPLOAD_INBOX_URL: 'REFERENCE',
        PROCESS_INBOX_URL: 'REFERENCE',
        WORKER_INBOX_URL: 'REFERENCE',
        DOWNLOAD_INBOX_URL: 'REFERENCE',
        ORCHESTRATOR_INBOX_URL: 'REFERENCE',
      },
    });
  });

  test('outputs how to run the worker', () => {
    expect(outputOf(app, 'ContainerWorker')).toEqual({
      name: 'worker',
      directory: 'build/containers/worker',
      command: ['node', 'index.mjs'],
      stopTimeoutSeconds: 120,
      environment: {
        STAGE: 'local',
        LOG_LEVEL: 'INFO',
        DATABASE_HOST: 'postgres',
        DATABASE_PORT: '5432',
        DATABASE_NAME: 'frame_flow',
        DATABASE_AUTH: 'password',
        DATABASE_PASSWORD: '{{resolve:secretsmanager:REFERENCE:SecretString:::}}',
        DATABASE_USER: 'frame_flow_process',
        REDIS_URL: 'redis://valkey:6379',
        REDIS_AUTH: 'none',
        VIDEO_BUCKET: 'REFERENCE',
        S3_FORCE_PATH_STYLE: 'true',
        WORKER_INBOX_URL: 'REFERENCE',
        FFMPEG_PATH: '/opt/bin/ffmpeg',
        JOB_LEASE_SECONDS: '20',
        WORKER_VISIBILITY_SECONDS: '30',
        LIBAV_PATH: '/opt/nodejs/node_modules',
        EXTRACTION_ENGINES: 'libav,ffmpeg-cli',
        NODE_OPTIONS: '--expose-gc --max-semi-space-size=4',
        MALLOC_ARENA_MAX: '1',
        MALLOC_MMAP_THRESHOLD_: '131072',
      },
    });
  });

  test('sends every video to the worker, because a function has no FFmpeg there', () => {
    expect(variablesOf(app, 'OrchestratorInboxHandler').LAMBDA_MAX_SOURCE_BYTES).toBe('0');
    expect(variablesOf(app, 'OrchestratorSweep').LAMBDA_MAX_SOURCE_BYTES).toBe('0');
  });

  test('gives the migrations the password that the roles log in with', () => {
    const migrate = variablesOf(app, 'MigrationsMigrate');
    expect(migrate).toMatchObject({
      DATABASE_AUTH: 'password',
      DATABASE_ADMIN_USER: 'postgres',
      DATABASE_HOST: 'postgres',
    });
    expect(migrate.DATABASE_PASSWORD).toEqual(variablesOf(app, 'UploadHttp').DATABASE_PASSWORD);
  });

  test('runs its functions on the architecture of the images', () => {
    const ours = ofType(Object.values(app.Resources), 'AWS::Lambda::Function').filter(
      (fn) => fn.Properties.Environment,
    );
    expect(ours).toHaveLength(18);
    for (const fn of ours) expect(fn.Properties.Architectures).toEqual(['x86_64']);
  });
});

describe('Stage local beside services of another provider', () => {
  const local = {
    databaseHost: '127.0.0.1',
    databasePort: 55_432,
    redisUrl: 'redis://127.0.0.1:6380',
    ffmpegPath: '/usr/bin/ffmpeg',
    libavPath: '/home/user/node_modules',
  };
  const app = parseTemplate(synthesizeStage('local', { local }).app);

  test('gives functions and containers the addresses of the services', () => {
    const there = { DATABASE_HOST: '127.0.0.1', DATABASE_PORT: '55432', REDIS_URL: 'redis://127.0.0.1:6380' };
    expect(variablesOf(app, 'ProcessInboxHandler')).toMatchObject({
      ...there,
      FFMPEG_PATH: '/usr/bin/ffmpeg',
      LIBAV_PATH: '/home/user/node_modules',
    });
    expect(outputOf(app, 'ContainerWorker').environment).toMatchObject({
      ...there,
      FFMPEG_PATH: '/usr/bin/ffmpeg',
    });
  });

  test('lets functions extract, as in dev', () => {
    const dev = variablesOf(parseTemplate(synthesizeStage('dev').app), 'OrchestratorInboxHandler');
    expect(variablesOf(app, 'OrchestratorInboxHandler').LAMBDA_MAX_SOURCE_BYTES).toBe(
      dev.LAMBDA_MAX_SOURCE_BYTES,
    );
    expect(dev.LAMBDA_MAX_SOURCE_BYTES).not.toBe('0');
  });
});
