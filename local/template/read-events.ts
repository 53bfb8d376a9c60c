import * as z from 'zod';
import type { RuleModel, TargetModel } from './model.ts';
import { parseProperties, unsupported } from './parse.ts';
import { unqualifiedArn } from './read-functions.ts';
import type { LocatedResource, TemplateResolver } from './resolver.ts';

const Target = z.object({
  Arn: z.string(),
  Input: z.string().optional(),
  InputPath: z.string().optional(),
  InputTransformer: z.unknown().optional(),
  SqsParameters: z.object({ MessageGroupId: z.string() }).optional(),
});

const Rule = z.object({
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  ScheduleExpression: z.string().optional(),
  State: z.string().default('ENABLED'),
  Targets: z.array(Target).default([]),
});

const Schedule = z.object({
  ScheduleExpression: z.string(),
  State: z.string().default('ENABLED'),
  Target,
});

/** Reads the enabled EventBridge rules and schedules. */
export const readRules = (resolver: TemplateResolver): RuleModel[] => [
  ...resolver.resourcesOf('AWS::Events::Rule').flatMap((located) => {
    const rule = parseProperties(resolver, located, Rule);
    if (rule.State === 'DISABLED') return [];
    return [
      {
        logicalId: located.logicalId,
        pattern: rule.EventPattern,
        schedule: rule.ScheduleExpression,
        targets: rule.Targets.map((target) => targetOf(located, target)),
      },
    ];
  }),
  ...resolver.resourcesOf('AWS::Scheduler::Schedule').flatMap((located) => {
    const schedule = parseProperties(resolver, located, Schedule);
    if (schedule.State === 'DISABLED') return [];
    return [
      {
        logicalId: located.logicalId,
        schedule: schedule.ScheduleExpression,
        targets: [targetOf(located, schedule.Target)],
      },
    ];
  }),
];

const targetOf = (located: LocatedResource, target: z.infer<typeof Target>): TargetModel => {
  const service = target.Arn.split(':')[2];
  if (service !== 'lambda' && service !== 'sqs') throw unsupported(located, `targets of ${service}`);
  if (target.InputPath !== undefined || target.InputTransformer !== undefined) {
    throw unsupported(located, 'targets with InputPath or InputTransformer');
  }
  return {
    arn: service === 'lambda' ? unqualifiedArn(target.Arn) : target.Arn,
    input: target.Input,
    messageGroupId: target.SqsParameters?.MessageGroupId,
  };
};
