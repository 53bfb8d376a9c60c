import * as z from 'zod';
import { textOf } from './text.ts';

/*
 * Shorter texts for long properties. The schemas are strict: a key that the text would not show is an error.
 */

const ProblemTemplates = z.strictObject({ 'application/json': z.string() });
const Problem = z.looseObject({ status: z.number(), code: z.string() });

/** Status and code of an answer of API Gateway's own. */
export const problem = (value: unknown): string => {
  const { status, code } = Problem.parse(JSON.parse(ProblemTemplates.parse(value)['application/json']));
  return `${status} ${code}`;
};

/** Headers without API Gateway's prefix. */
export const headers = (value: unknown): string => textOf(value).replaceAll('gatewayresponse.header.', '');

const Integration = z.strictObject({
  Type: z.string(),
  Uri: z.string().regex(/functions\/<[^>]+>\/invocations$/),
  IntegrationHttpMethod: z.literal('POST'),
});

/** `AWS_PROXY to <Auth/Http.Arn>` */
export const integration = (value: unknown): string => {
  const { Type, Uri } = Integration.parse(value);
  return `${Type} to ${/<[^>]+>(?=\/invocations$)/.exec(Uri)?.[0]}`;
};

const Containers = z.array(z.looseObject({ Environment: z.unknown(), Image: z.unknown() }));

/** Without the image, whose tag is a hash, and the variables, which have a section of their own. */
export const containers = (value: unknown): string =>
  textOf(Containers.parse(value).map(({ Environment: _, Image: __, ...container }) => container));

const AlarmMetrics = z.array(
  z.union([
    z.strictObject({
      Id: z.string(),
      Expression: z.string(),
      Label: z.string(),
      ReturnData: z.literal(true),
    }),
    z.strictObject({
      Id: z.string(),
      MetricStat: z.strictObject({
        Metric: z.strictObject({
          Namespace: z.string(),
          MetricName: z.string(),
          Dimensions: z.array(z.strictObject({ Name: z.string(), Value: z.string() })),
        }),
        Period: z.number(),
        Stat: z.string(),
      }),
      ReturnData: z.literal(false),
    }),
  ]),
);

/** `(waiting + inFlight); waiting: Maximum in 300 s of AWS/SQS ApproximateNumberOfMessagesVisible {…}; …` */
export const alarmMetrics = (value: unknown): string =>
  AlarmMetrics.parse(value)
    .map((metric) => {
      if ('Expression' in metric) return `(${metric.Expression})`;
      const { Metric, Period, Stat } = metric.MetricStat;
      const dimensions = Metric.Dimensions.map(({ Name, Value }) => `${Name}: ${Value}`).join(', ');
      return `${metric.Id}: ${Stat} in ${Period} s of ${Metric.Namespace} ${Metric.MetricName} {${dimensions}}`;
    })
    .join('; ');

const Policy = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(
    z.strictObject({
      Sid: z.string().optional(),
      Effect: z.string(),
      Principal: z.unknown(),
      Action: z.unknown(),
      Resource: z.unknown().optional(),
      Condition: z.unknown().optional(),
    }),
  ),
});

/** `Deny sqs:* on <parent.Arn> to {AWS: *} if {Bool: {aws:SecureTransport: false}}` */
export const policy = (value: unknown): string =>
  Policy.parse(value)
    .Statement.map(({ Effect, Principal, Action, Resource, Condition }) =>
      [
        `${Effect} ${textOf(Action)}`,
        ...(Resource === undefined ? [] : [`on ${textOf(Resource)}`]),
        `to ${textOf(Principal)}`,
        ...(Condition === undefined ? [] : [`if ${textOf(Condition)}`]),
      ].join(' '),
    )
    .join('; ');
