import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  METRIC_DIMENSION_CAUSE,
  METRIC_ENGINE_FALLBACKS,
  METRICS_NAMESPACE,
  STORING_CONTEXTS,
} from '../../functions/contracts/metrics.ts';
import { INBOXES } from '../../functions/contracts/routing.ts';
import { REPOSITORY_ROOT } from '../../lib/paths.ts';
import { ofType, parseTemplate, synthesizeStage } from './synthesize.ts';

const Variables = z.object({ Variables: z.record(z.string(), z.unknown()) });

describe('The application of stage dev', () => {
  const { app } = synthesizeStage('dev');
  const { Resources } = parseTemplate(app);
  const idOf = (pattern: RegExp, type: string): string => {
    const ids = Object.keys(Resources).filter((id) => pattern.test(id) && Resources[id]?.Type === type);
    expect(ids, String(pattern)).toHaveLength(1);
    return ids[0] ?? '';
  };
  const functionOf = (name: string) =>
    z
      .looseObject({
        Timeout: z.number(),
        MemorySize: z.number(),
        Environment: Variables,
        Layers: z.array(z.unknown()).default([]),
      })
      .parse(Resources[idOf(new RegExp(`^${name}[0-9A-F]{8}$`), 'AWS::Lambda::Function')]?.Properties);

  test.each([
    ['Upload', 'Inbox', true, 180, 10],
    ['Upload', 'ObjectCreated', false, 180, 10],
    ['Process', 'Inbox', true, 660, 1],
    ['Download', 'Inbox', true, 180, 10],
    ['Orchestrator', 'Inbox', true, 180, 10],
  ])(
    '%s reads its queue %s in batches that report their failed messages',
    (context, queue, fifo, visibility, batchSize) => {
      const queueId = idOf(new RegExp(`^${context}${queue}Queue`), 'AWS::SQS::Queue');
      app.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        EventSourceArn: { 'Fn::GetAtt': [queueId, 'Arn'] },
        FunctionName: { Ref: Match.stringLikeRegexp(`^${context}${queue}Handler`) },
        BatchSize: batchSize,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: Match.anyValue() },
      });
      expect(Resources[queueId]?.Properties.VisibilityTimeout).toBe(visibility);
      expect(Resources[queueId]?.Properties.FifoQueue ?? false).toBe(fifo);
      expect(functionOf(`${context}${queue}Handler`).Timeout).toBeLessThan(visibility);
    },
  );

  test.each([
    ['UploadInbox', 'UploadInboxHandler'],
    ['UploadObjectCreated', 'UploadObjectCreatedHandler'],
    ['ProcessInbox', 'ProcessDeadLetters'],
    ['ProcessWorkerInbox', 'ProcessDeadLetters'],
    ['DownloadInbox', 'DownloadInboxHandler'],
    ['OrchestratorInbox', 'OrchestratorInboxHandler'],
  ])('gives the dead letters of %s to %s, few at a time, with the ARN of their queue', (queue, handler) => {
    const id = idOf(new RegExp(`^${queue}DeadLetters`), 'AWS::SQS::Queue');
    app.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [id, 'Arn'] },
      FunctionName: { Ref: Match.stringLikeRegexp(`^${handler}[0-9A-F]{8}$`) },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    expect(JSON.stringify(functionOf(handler).Environment.Variables.DEAD_LETTER_ARNS)).toContain(`"${id}"`);
    expect(Resources[id]?.Properties.VisibilityTimeout).toBe(900);
  });

  test('raises an alarm when dead letters stay for an hour, in flight or not', () => {
    const letters = Object.keys(Resources).filter((id) => /DeadLetters[0-9A-F]{8}$/.test(id));
    const queues = letters.filter((id) => Resources[id]?.Type === 'AWS::SQS::Queue');
    expect(queues).toHaveLength(6);
    for (const id of queues) {
      const metric = (name: string) =>
        Match.objectLike({
          MetricStat: Match.objectLike({
            Metric: Match.objectLike({
              MetricName: name,
              Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }],
            }),
            Stat: 'Maximum',
          }),
        });
      app.hasResourceProperties('AWS::CloudWatch::Alarm', {
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 0,
        EvaluationPeriods: 12,
        AlarmActions: [{ Ref: idOf(/^AlarmsTopic/, 'AWS::SNS::Topic') }],
        Metrics: Match.arrayWith([
          Match.objectLike({ Expression: 'waiting + inFlight' }),
          metric('ApproximateNumberOfMessagesVisible'),
          metric('ApproximateNumberOfMessagesNotVisible'),
        ]),
      });
    }
  });

  test.each(STORING_CONTEXTS)(
    'raises an alarm on an unreadable row of %s, in its outbox or another table',
    (context) => {
      const metric = (name: string) =>
        Match.objectLike({
          MetricStat: Match.objectLike({
            Metric: {
              Namespace: 'FrameFlow',
              MetricName: name,
              Dimensions: [{ Name: 'context', Value: context }],
            },
            Stat: 'Maximum',
          }),
        });
      app.hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmDescription: Match.stringLikeRegexp('Runbook: "Rows cannot be read"'),
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 0,
        EvaluationPeriods: 1,
        AlarmActions: [{ Ref: idOf(/^AlarmsTopic/, 'AWS::SNS::Topic') }],
        Metrics: Match.arrayWith([
          Match.objectLike({ Expression: 'FILL(outbox, 0) + FILL(others, 0)' }),
          metric('OutboxRowsSetAside'),
          metric('RowsUnreadable'),
        ]),
      });
    },
  );

  test('raises an alarm on one video for which libav did not start, or on ten that crashed it', () => {
    app.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: Match.stringLikeRegexp('The second engine extracts'),
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 10,
      EvaluationPeriods: 1,
      AlarmActions: [{ Ref: Match.anyValue() }],
      Metrics: Match.arrayWith([
        Match.objectLike({ Expression: '10 * FILL(notStarted, 0) + FILL(crashed, 0)' }),
        Match.objectLike({
          Id: 'notStarted',
          MetricStat: Match.objectLike({
            Metric: {
              Namespace: METRICS_NAMESPACE,
              MetricName: METRIC_ENGINE_FALLBACKS,
              Dimensions: [{ Name: METRIC_DIMENSION_CAUSE, Value: 'not-started' }],
            },
            Stat: 'Sum',
          }),
        }),
      ]),
    });
  });

  test('names the heading in the runbook in every alarm that notifies the topic', () => {
    const runbook = readFileSync(join(REPOSITORY_ROOT, 'docs/runbook.md'), 'utf8');
    const headings = [...runbook.matchAll(/^## (?<heading>.+)$/gm)].map(({ groups }) => groups?.heading);
    const Alarm = z.looseObject({ AlarmDescription: z.string(), AlarmActions: z.unknown() });
    const topic = idOf(/^AlarmsTopic/, 'AWS::SNS::Topic');
    const waking = ofType(Object.values(Resources), 'AWS::CloudWatch::Alarm')
      .map(({ Properties }) => Alarm.parse(Properties))
      .filter(({ AlarmActions }) => JSON.stringify(AlarmActions).includes(`"${topic}"`));
    expect(waking).toHaveLength(12);
    for (const { AlarmDescription } of waking)
      expect(headings).toContain(/Runbook: "(?<heading>[^"]+)"/.exec(AlarmDescription)?.groups?.heading);
  });

  test('uses the auth context’s authorizer function for the API', () => {
    const [authorizer] = ofType(Object.values(Resources), 'AWS::ApiGateway::Authorizer');
    expect(JSON.stringify(authorizer?.Properties.AuthorizerUri)).toContain(
      `"${idOf(/^AuthAuthorizer[0-9A-F]{8}$/, 'AWS::Lambda::Function')}"`,
    );
  });

  test('lets the alarms of this account publish to the topic, and refuses publishers without TLS', () => {
    app.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ],
      },
    });
  });

  test('gives the deadlines of sagas and jobs to the functions that apply them', () => {
    for (const name of ['OrchestratorInboxHandler', 'OrchestratorSweep']) {
      expect(functionOf(name).Environment.Variables, name).toMatchObject({
        SAGA_WAITING_SECONDS: '3600',
        SAGA_LAMBDA_SECONDS: '1200',
        SAGA_WORKER_SECONDS: '3600',
        SAGA_PUBLISHING_SECONDS: '2700',
        SAGA_BACKOFF_SECONDS: '30',
      });
    }
    for (const name of ['ProcessInboxHandler', 'ProcessDeadLetters'])
      expect(functionOf(name).Environment.Variables.JOB_LEASE_SECONDS, name).toBe('60');
  });

  test.each([
    ['AuthRotateKeys', 'rate(1 day)'],
    ['UploadSweep', 'rate(1 minute)'],
    ['ProcessSweep', 'rate(1 minute)'],
    ['DownloadSweep', 'rate(1 minute)'],
    ['OrchestratorSweep', 'rate(1 minute)'],
  ])('runs %s at %s', (name, rate) => {
    app.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: rate,
      Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp(`^${name}`), 'Arn'] } })],
    });
  });

  test('sends S3’s events about sources only to the queue of the upload context', () => {
    app.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { object: { key: [{ wildcard: 'users/*/videos/*/source.*' }] } },
      },
      Targets: [
        Match.objectLike({
          Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^UploadObjectCreatedQueue'), 'Arn'] },
        }),
      ],
    });
  });

  test('migrates the database before any function that uses it changes', () => {
    const trigger = idOf(/^MigrationsTrigger/, 'Custom::Trigger');
    const users = Object.entries(Resources).filter(
      ([id, { Type, Properties }]) =>
        (Type === 'AWS::Lambda::Function' || Type === 'AWS::ECS::Service') &&
        !id.startsWith('Migrations') &&
        (JSON.stringify(Properties).includes('DATABASE_USER') || id.startsWith('ProcessWorker')),
    );
    expect(users.length).toBeGreaterThan(10);
    for (const [id, resource] of users)
      expect(z.array(z.string()).parse(resource.DependsOn), id).toContain(trigger);
    expect(Resources[trigger]?.Properties).toMatchObject({ ExecuteOnHandlerChange: true, Timeout: '120000' });
  });

  test('has a new trigger for new migrations, which a rollback deletes instead of running', () => {
    expect(idOf(/^MigrationsTrigger/, 'Custom::Trigger')).toMatch(/Trigger[0-9a-f]{12}[0-9A-F]{8}$/);
  });

  test('gives secrets only to the functions that need them', () => {
    const holders = (name: string) =>
      Object.entries(Resources)
        .filter(
          ([, { Type, Properties }]) =>
            Type === 'AWS::Lambda::Function' && JSON.stringify(Properties).includes(`"${name}"`),
        )
        .map(([id]) => id.replace(/[0-9A-F]{8}$/, ''));
    expect(holders('AUTH_KEY_SECRET').toSorted()).toEqual(['AuthHttp', 'AuthRotateKeys']);
    expect(holders('DATABASE_ADMIN_PASSWORD')).toEqual([]);
    expect(holders('DATABASE_PASSWORD')).toEqual([]);
  });

  test('gives the extraction time, memory, disk and the FFmpeg of the layer', () => {
    const fn = functionOf('ProcessInboxHandler');
    expect(fn).toMatchObject({
      Timeout: 600,
      MemorySize: 3008,
      EphemeralStorage: { Size: 2048 },
      Architectures: ['x86_64'],
      Environment: {
        Variables: {
          FFMPEG_PATH: '/opt/bin/ffmpeg',
          LIBAV_PATH: '/opt/nodejs/node_modules',
          EXTRACTION_ENGINES: 'libav,ffmpeg-cli',
        },
      },
    });
    expect(fn.Layers).toEqual([
      { Ref: idOf(/^ProcessInboxHandler.*|^ProcessFfmpeg/, 'AWS::Lambda::LayerVersion') },
    ]);
  });

  test('gives all our functions the path of RDS’s certificates', () => {
    const ours = ofType(Object.values(Resources), 'AWS::Lambda::Function')
      .map((fn) => Variables.optional().parse(fn.Properties.Environment)?.Variables)
      .filter((variables) => variables?.STAGE !== undefined);
    // The self-test counts twice, once per architecture.
    expect(ours).toHaveLength(20);
    for (const variables of ours) expect(variables?.NODE_EXTRA_CA_CERTS).toBe('/var/runtime/ca-cert.pem');
  });

  test('keeps one relay running on arm64, with the URL of every inbox', () => {
    app.hasResourceProperties('AWS::ECS::Service', {
      DesiredCount: 1,
      TaskDefinition: { Ref: Match.stringLikeRegexp('^Relay') },
      DeploymentConfiguration: {
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
        MinimumHealthyPercent: 100,
      },
    });
    app.hasResourceProperties('AWS::ECS::TaskDefinition', {
      Cpu: '256',
      Memory: '512',
      RuntimePlatform: { CpuArchitecture: 'ARM64' },
      ContainerDefinitions: [
        Match.objectLike({
          Environment: Match.arrayWith(
            INBOXES.map((inbox) => Match.objectLike({ Name: `${inbox.toUpperCase()}_INBOX_URL` })),
          ),
          StopTimeout: 120,
        }),
      ],
    });
  });

  test('runs workers only while messages wait for them, and removes them one by one', () => {
    app.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
      MinCapacity: 0,
      MaxCapacity: 2,
    });
    const policyOf = (adjustments: unknown[]) => {
      const found = Object.keys(
        app.findResources('AWS::ApplicationAutoScaling::ScalingPolicy', {
          Properties: {
            StepScalingPolicyConfiguration: {
              AdjustmentType: 'ChangeInCapacity',
              StepAdjustments: adjustments,
            },
          },
        }),
      );
      expect(found).toHaveLength(1);
      return found[0];
    };
    const oneLess = policyOf([{ MetricIntervalLowerBound: 0, ScalingAdjustment: -1 }]);
    const more = policyOf([
      Match.objectLike({ ScalingAdjustment: 1 }),
      Match.objectLike({ ScalingAdjustment: 1 }),
    ]);
    expect(ofType(Object.values(Resources), 'AWS::ApplicationAutoScaling::ScalingPolicy')).toHaveLength(2);
    app.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [{ Ref: oneLess }],
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 0,
      EvaluationPeriods: 5,
      TreatMissingData: 'notBreaching',
      Metrics: Match.arrayWith([
        Match.objectLike({ Expression: 'running - FILL(waiting, 0) - FILL(inWork, 0)' }),
        Match.objectLike({
          MetricStat: Match.objectLike({
            Metric: Match.objectLike({ Namespace: 'AWS/ECS', MetricName: 'CPUUtilization' }),
            Stat: 'SampleCount',
          }),
        }),
        Match.objectLike({
          MetricStat: Match.objectLike({
            Metric: Match.objectLike({ MetricName: 'ApproximateNumberOfMessagesNotVisible' }),
          }),
        }),
      ]),
    });
    app.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [{ Ref: more }],
      MetricName: 'ApproximateNumberOfMessagesVisible',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      EvaluationPeriods: 1,
    });
  });
});
