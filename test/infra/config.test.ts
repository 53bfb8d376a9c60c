import { describe, expect, test } from 'vitest';
import { WORKER_ATTEMPT_SECONDS } from '../../functions/process/core/budget.ts';
import { loadStageConfig, StageConfigError } from '../../lib/config/load-stage-config.ts';
import { Stage } from '../../lib/config/stage.ts';
import { AWS_TIMING, LOCAL_TIMING } from '../../lib/config/timing.ts';
import { MAX_RECEIVE_COUNT } from '../../lib/constructs/dead-lettered-queue.ts';

const NOTHING = { stage: undefined, allowedOrigins: undefined, local: undefined };

describe('The configuration of a stage', () => {
  test.each(Stage.options)('is complete for %s without further context', (stage) => {
    expect(loadStageConfig({ ...NOTHING, stage })).toMatchObject({ stage });
  });

  test.each([undefined, 'staging', 'DEV', 7])('names the stages when it is asked for %s', (stage) => {
    expect(() => loadStageConfig({ ...NOTHING, stage })).toThrow(StageConfigError);
    expect(() => loadStageConfig({ ...NOTHING, stage })).toThrow(/-c stage=dev\|prod\|local/);
  });

  test('reads origins from the command line, separated by commas', () => {
    const config = loadStageConfig({
      ...NOTHING,
      stage: 'prod',
      allowedOrigins: 'https://a.example,https://b.example',
    });
    expect(config.allowedOrigins).toEqual(['https://a.example', 'https://b.example']);
  });

  test.each(['*', 'https://a.example/', "https://a.example'", 'a.example', ''])(
    'refuses %s as an origin',
    (origin) => {
      expect(() => loadStageConfig({ ...NOTHING, stage: 'prod', allowedOrigins: origin })).toThrow(
        /allowedOrigins/,
      );
    },
  );

  test('refuses a visibility timeout that SQS would refuse', () => {
    for (const shorter of ['inboxVisibilitySeconds', 'deadLetterVisibilitySeconds']) {
      const times = { inboxVisibilitySeconds: 30, deadLetterVisibilitySeconds: 30, [shorter]: 29 };
      const local = { timing: { inboxTimeoutSeconds: 30, ...times } };
      expect(() => loadStageConfig({ ...NOTHING, stage: 'local', local })).toThrow(/visibility time/);
    }
  });

  test('lets only stage local replace single times', () => {
    const local = { timing: { jobLeaseSeconds: 3 } };
    const { timing } = loadStageConfig({ ...NOTHING, stage: 'local', local });
    expect(timing).toEqual({ ...loadStageConfig({ ...NOTHING, stage: 'local' }).timing, jobLeaseSeconds: 3 });
    expect(loadStageConfig({ ...NOTHING, stage: 'dev', local }).timing.jobLeaseSeconds).toBe(60);
    expect(() => loadStageConfig({ ...NOTHING, stage: 'local', local: { timing: { nap: 1 } } })).toThrow(
      StageConfigError,
    );
  });

  test('reads optional zones from the command line', () => {
    expect(loadStageConfig({ ...NOTHING, stage: 'dev' }).zones).toBeUndefined();
    expect(loadStageConfig({ ...NOTHING, stage: 'dev', zones: 'us-east-1a,us-east-1f' }).zones).toEqual([
      'us-east-1a',
      'us-east-1f',
    ]);
  });

  test.each([
    'us-east-1a',
    'us-east-1a,us-east-1a',
    'us-east-1a,us-east-2b',
    'us-east-1a,use1-az3',
    'us-west-2-lax-1a,us-west-2-lax-1b',
    '',
  ])('refuses the zones "%s"', (zones) => {
    expect(() => loadStageConfig({ ...NOTHING, stage: 'dev', zones })).toThrow(/Context 'zones'/);
  });

  test('refuses a region without RDS certificates, and names the regions', () => {
    const load = (stage: string, region: string) => () => loadStageConfig({ ...NOTHING, stage, region });
    expect(load('prod', 'il-central-1')).toThrow(
      /no certificates of RDS for region 'il-central-1'.*eu-west-1/,
    );
    expect(load('prod', 'eu-west-1')).not.toThrow();
    // Stage local has no RDS.
    expect(load('local', 'il-central-1')).not.toThrow();
  });

  test('retains the data of prod only', () => {
    const retained = Stage.options.filter((stage) => loadStageConfig({ ...NOTHING, stage }).retainData);
    expect(retained).toEqual(['prod']);
  });
});

describe('The services of stage local', () => {
  test('are those of the compose file by default, and the worker does all extraction', () => {
    const config = loadStageConfig({ ...NOTHING, stage: 'local' });
    expect(config.local).toEqual({
      databaseHost: 'postgres',
      databasePort: 5432,
      databaseAdminUser: 'postgres',
      databaseAdminPassword: 'postgres',
      redisUrl: 'redis://valkey:6379',
      accessCheck: 'function',
      publicStorageUrl: 'http://localhost:4566',
    });
    expect(config.lambdaLimits.sourceBytes).toBe(0);
  });

  test('may be given as an object or as JSON', () => {
    const local = { databaseHost: '127.0.0.1', databasePort: 5433, ffmpegPath: '/usr/bin/ffmpeg' };
    const asObject = loadStageConfig({ ...NOTHING, stage: 'local', local });
    const asJson = loadStageConfig({ ...NOTHING, stage: 'local', local: JSON.stringify(local) });
    expect(asObject).toEqual(asJson);
    expect(asObject.local).toMatchObject(local);
  });

  test('let functions extract as in dev if they have an FFmpeg', () => {
    const local = { ffmpegPath: '/usr/bin/ffmpeg' };
    const { lambdaLimits } = loadStageConfig({ ...NOTHING, stage: 'local', local });
    expect(lambdaLimits).toEqual(loadStageConfig({ ...NOTHING, stage: 'dev' }).lambdaLimits);
    const smaller = loadStageConfig({
      ...NOTHING,
      stage: 'local',
      local: { ...local, lambdaLimits: { totalPixels: 7 } },
    });
    expect(smaller.lambdaLimits).toEqual({ ...lambdaLimits, totalPixels: 7 });
    expect(lambdaLimits.sourceBytes).toBeGreaterThan(0);
  });

  test('set the origins, which the command line can replace', () => {
    const local = { allowedOrigins: ['http://localhost:4000'] };
    const load = (allowedOrigins?: string) =>
      loadStageConfig({ stage: 'local', local, allowedOrigins }).allowedOrigins;
    expect(load()).toEqual(['http://localhost:4000']);
    expect(load('http://localhost:5000')).toEqual(['http://localhost:5000']);
  });

  test.each([
    { databasePort: 0 },
    { redisUrl: 'http://valkey' },
    { accessCheck: 'none' },
    { unknown: 1 },
    'not json',
  ])('are refused when they are invalid: %j', (local) => {
    expect(() => loadStageConfig({ ...NOTHING, stage: 'local', local })).toThrow(StageConfigError);
  });

  test('are ignored by the other stages', () => {
    expect(loadStageConfig({ ...NOTHING, stage: 'dev', local: 'not json' }).local).toBeUndefined();
  });
});

describe('The times of a stage', () => {
  test.each([
    ['AWS', AWS_TIMING],
    ['the dev stack', LOCAL_TIMING],
  ])('on %s set each deadline later than the longest time of the step that it waits for', (_, timing) => {
    // A message is received as often as its queue allows, then once as a dead letter.
    const redeliveries =
      timing.inboxVisibilitySeconds * MAX_RECEIVE_COUNT + timing.deadLetterVisibilitySeconds;
    expect(timing.sagaPublishingSeconds).toBeGreaterThan(redeliveries);
    expect(timing.sagaLambdaSeconds).toBeGreaterThan(timing.extractionTimeoutSeconds);
    expect(timing.sagaWorkerSeconds).toBeGreaterThan(WORKER_ATTEMPT_SECONDS);
    expect(timing.sagaWaitingSeconds).toBeGreaterThan(timing.sagaLambdaSeconds);
  });
});
