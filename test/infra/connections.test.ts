import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { LOGIN_ROLES } from '../../functions/contracts/database.ts';
import { MigrationEnv } from '../../functions/database/migrate-database.ts';
import { connectionBudget } from '../../lib/config/connection-budget.ts';
import { checkConnections, loadStageConfig } from '../../lib/config/load-stage-config.ts';
import type { Stage, StageConfig } from '../../lib/config/stage.ts';
import { ofType, parseTemplate, type StageTemplates, synthesizeStage } from './synthesize.ts';

const configOf = (stage: Stage): StageConfig =>
  loadStageConfig({ stage, allowedOrigins: undefined, local: undefined });

const FunctionProperties = z.looseObject({
  Description: z.string().default(''),
  ReservedConcurrentExecutions: z.int().optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).optional(),
});
const functionsOf = ({ app }: StageTemplates) =>
  ofType(Object.values(parseTemplate(app).Resources), 'AWS::Lambda::Function').map(({ Properties }) =>
    FunctionProperties.parse(Properties),
  );
const Concurrency = z.looseObject({
  ScalingConfig: z.object({ MaximumConcurrency: z.int() }),
});
const limitsIn = (templates: StageTemplates): unknown =>
  functionsOf(templates)
    .map(({ Environment }) => Environment?.Variables.DATABASE_CONNECTION_LIMITS)
    .find((limits) => limits !== undefined);

describe.each(['dev', 'prod'] as const)('The connections of stage %s', (stage) => {
  const config = configOf(stage);
  const { limits, total, available } = connectionBudget(config);
  const templates = synthesizeStage(stage);

  test('fit into its database even with all roles at their limit', () => {
    const parameters = ofType(
      Object.values(parseTemplate(templates.data).Resources),
      'AWS::RDS::DBParameterGroup',
    ).map(({ Properties }) => Properties.Parameters);
    expect(parameters).toEqual([{ max_connections: String(available) }]);
    const sum = Object.values(limits).reduce((all, limit) => all + limit, 0);
    // Two of the migrations, three of PostgreSQL and two of RDS.
    expect(total).toBe(sum + 7);
    expect(total).toBeLessThanOrEqual(available);
  });

  test('have a limit for exactly the roles that processes log in as', () => {
    expect(Object.keys(limits).toSorted()).toEqual([...LOGIN_ROLES].toSorted());
  });

  test('are limited by the migrations, which receive these limits', () => {
    const variables = { DATABASE_HOST: 'h', DATABASE_PORT: '5432', DATABASE_NAME: 'n' };
    const env = { ...variables, DATABASE_ADMIN_USER: 'a', DATABASE_AUTH: 'iam' };
    const parsed = MigrationEnv.parse({ ...env, DATABASE_CONNECTION_LIMITS: limitsIn(templates) });
    expect(parsed.DATABASE_CONNECTION_LIMITS).toEqual(limits);
  });

  test('are enough for twice the invocations that the queues may start, and for twice the workers', () => {
    const concurrencies = ofType(
      Object.values(parseTemplate(templates.app).Resources),
      'AWS::Lambda::EventSourceMapping',
    ).map(({ Properties }) => Concurrency.parse(Properties).ScalingConfig.MaximumConcurrency);
    // The orchestrator's inbox and its dead letters have no database.
    const invocations = concurrencies.reduce((all, one) => all + one, 0) - config.concurrency.quick - 2;
    const background = ['upload', 'process', 'download'].map(
      (context) => limits[`frame_flow_${context}`] ?? 0,
    );
    expect(background.reduce((all, one) => all + one, 0)).toBeGreaterThan(
      2 * (invocations + config.maxWorkers),
    );
  });
});

describe('A stage that may need more connections than its database allows', () => {
  test.each<[string, Partial<StageConfig>]>([
    ['queues', { concurrency: { quick: 5, process: 1000 } }],
    ['workers', { maxWorkers: 200 }],
    ['HTTP', { httpConnections: 100 }],
    ['a smaller instance', { databaseInstance: 'small' }],
  ])('is refused: %s', (_, changes) => {
    const config = { ...configOf('prod'), ...changes };
    expect(() => checkConnections(config)).toThrow(/may need \d+ connections, and its database .* takes \d+/);
  });

  test('is accepted with a large enough instance', () => {
    const config = { ...configOf('prod'), concurrency: { quick: 5, process: 100 } };
    expect(() => checkConnections(config)).toThrow();
    expect(() => checkConnections({ ...config, databaseInstance: 'large' })).not.toThrow();
  });
});

describe('Reserved concurrency', () => {
  test('is off by default, because a new account refuses it', () => {
    const reserved = functionsOf(synthesizeStage('dev')).map((fn) => fn.ReservedConcurrentExecutions);
    expect(reserved.every((count) => count === undefined)).toBe(true);
  });

  test('applies to exactly the functions that answer HTTP', () => {
    const templates = synthesizeStage('prod', {}, { httpReservedConcurrency: 15 });
    const reserved = functionsOf(templates).filter((fn) => fn.ReservedConcurrentExecutions !== undefined);
    expect(reserved.map((fn) => fn.ReservedConcurrentExecutions)).toEqual([15, 15, 15, 15, 15]);
    const described = reserved.map(({ Description }) => Description.split(':')[0]).toSorted();
    expect(described).toEqual(['Auth', 'Auth', 'Download', 'GET /health', 'Upload']);
    templates.app.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('^Auth: decides'),
      ReservedConcurrentExecutions: 15,
    });
  });

  test('is refused when two versions of a function could exceed the connections', () => {
    expect(() => checkConnections({ ...configOf('prod'), httpReservedConcurrency: 16 })).toThrow(/half/);
  });
});
