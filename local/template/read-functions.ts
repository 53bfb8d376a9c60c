import * as z from 'zod';
import { REF } from './attributes.ts';
import { inOrder } from './in-order.ts';
import type { EventSourceModel, FunctionModel, TriggerModel } from './model.ts';
import { Count, Flag, parseProperties, Text, titleOf, unsupported } from './parse.ts';
import { arnOf } from './physical-names.ts';
import type { LocatedResource, TemplateResolver } from './resolver.ts';

const Code = z.object({
  Code: z.object({ S3Key: z.string().optional() }),
  Handler: z.string().optional(),
  Runtime: z.string().optional(),
  PackageType: z.string().default('Zip'),
  Layers: z.array(z.unknown()).default([]),
});

const Settings = z.object({
  Environment: z.object({ Variables: z.record(z.string(), Text).default({}) }).default({ Variables: {} }),
  Timeout: Count.default(3),
  MemorySize: Count.default(128),
  ReservedConcurrentExecutions: Count.optional(),
});

/** Removes the version or alias from a function's ARN. */
export const unqualifiedArn = (arn: string): string => arn.split(':').slice(0, 7).join(':');

/** The ARN of a function, from its name or its ARN, without version. */
const functionArnOf = (reference: string): string =>
  unqualifiedArn(reference.startsWith('arn:') ? reference : arnOf('lambda', `function:${reference}`));

/** Reads the functions in `called`. Functions that only CloudFormation calls are omitted. */
export const readFunctions = (resolver: TemplateResolver, called: ReadonlySet<string>): FunctionModel[] =>
  resolver.resourcesOf('AWS::Lambda::Function').flatMap((located) => {
    const arn = resolver.attribute(located, 'Arn', titleOf(located));
    return called.has(arn) ? [readFunction(resolver, located, arn)] : [];
  });

const readFunction = (resolver: TemplateResolver, located: LocatedResource, arn: string): FunctionModel => {
  const { logicalId, stack } = located;
  const code = parseProperties(resolver, located, Code);
  const codeDirectory = stack.assets.get(code.Code.S3Key ?? '');
  if (code.PackageType !== 'Zip') throw unsupported(located, 'functions from images');
  if (code.Handler === undefined || !code.Runtime?.startsWith('nodejs')) {
    throw unsupported(located, `the runtime ${code.Runtime}`);
  }
  if (codeDirectory === undefined) throw unsupported(located, 'code that is not an asset of the assembly');
  if (code.Layers.length > 0) throw unsupported(located, 'layers');
  const settings = parseProperties(resolver, located, Settings);
  return {
    logicalId,
    name: resolver.attribute(located, REF, titleOf(located)),
    arn,
    codeDirectory,
    handler: code.Handler,
    environment: settings.Environment.Variables,
    timeoutSeconds: settings.Timeout,
    memoryMb: settings.MemorySize,
    reservedConcurrency: settings.ReservedConcurrentExecutions,
  };
};

const EventSource = z.object({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  BatchSize: Count.default(10),
  Enabled: Flag.default(true),
  ScalingConfig: z.object({ MaximumConcurrency: Count.optional() }).default({}),
  FunctionResponseTypes: z.array(z.string()).default([]),
  FilterCriteria: z.unknown().optional(),
});

export const readEventSources = (resolver: TemplateResolver): EventSourceModel[] =>
  resolver.resourcesOf('AWS::Lambda::EventSourceMapping').flatMap((located) => {
    const source = parseProperties(resolver, located, EventSource);
    if (!source.EventSourceArn.includes(':sqs:')) throw unsupported(located, 'event sources other than SQS');
    if (source.FilterCriteria !== undefined) throw unsupported(located, 'filters of event sources');
    if (!source.Enabled) return [];
    return [
      {
        logicalId: located.logicalId,
        queueArn: source.EventSourceArn,
        functionArn: functionArnOf(source.FunctionName),
        batchSize: source.BatchSize,
        maxConcurrency: source.ScalingConfig.MaximumConcurrency,
        reportsFailures: source.FunctionResponseTypes.includes('ReportBatchItemFailures'),
      },
    ];
  });

const Trigger = z.object({ HandlerArn: z.string() });

/** Reads the functions that run once per deployment, here at every start, in the order that DependsOn requires. */
export const readTriggers = (resolver: TemplateResolver): TriggerModel[] =>
  inOrder(
    resolver.resourcesOf('Custom::Trigger').map((located) => ({
      logicalId: located.logicalId,
      dependsOn: located.resource.DependsOn,
      functionArn: functionArnOf(parseProperties(resolver, located, Trigger).HandlerArn),
    })),
  );
