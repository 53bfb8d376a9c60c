import { alarmMetrics, containers, headers, integration, policy, problem } from './formats.ts';

/** Types that the outline leaves out: another test asserts them, or another line says the same. */
const OMITTED_TYPES: ReadonlySet<string> = new Set([
  // roles.test.ts compares every right with a list.
  'AWS::IAM::Policy',
  // network.test.ts asserts that each ingress rule has the matching egress rule.
  'AWS::EC2::SecurityGroupIngress',
  // The lines of its methods name the path.
  'AWS::ApiGateway::Resource',
  // Their names hold hashes of the API and of code; removal.test.ts asserts the deletion policy of the account's
  // setting.
  'AWS::ApiGateway::Account',
  'AWS::ApiGateway::Deployment',
  'AWS::Lambda::Version',
  // The routes of the public subnets depend on them.
  'AWS::EC2::InternetGateway',
  'AWS::EC2::VPCGatewayAttachment',
]);

/** api.test.ts asserts that a browser's preflight reaches the function of its path without a token. */
const PREFLIGHT = /\/OPTIONS$/;

/** Properties that the outline leaves out for every type. */
const OMITTED_EVERYWHERE = [
  // Sentences for people.
  /Description$/,
  // Stage and application.
  /^Tags$/,
  // CDK's own function behind a custom resource.
  /^ServiceToken$/,
  // The one API.
  /^RestApiId$/,
];

interface Shape {
  readonly omit?: readonly string[];
  /** Shorter texts for long properties. @default textOf */
  readonly format?: Readonly<Record<string, (value: unknown) => string>>;
}

const POLICY: Shape = { format: { PolicyDocument: policy } };

const SHAPES: Readonly<Record<string, Shape>> = {
  // A hash of the code; site.test.ts asserts its form.
  'Custom::Site': { omit: ['Fingerprint'] },
  // wiring.test.ts asserts which function it is.
  'AWS::ApiGateway::Authorizer': { omit: ['AuthorizerUri', 'Name'] },
  // The path ends with the type of the response; api.test.ts compares the status with the problem.
  'AWS::ApiGateway::GatewayResponse': {
    omit: ['ResponseType', 'StatusCode'],
    format: { ResponseParameters: headers, ResponseTemplates: problem },
  },
  // The path holds both; api.test.ts asserts them.
  'AWS::ApiGateway::Method': { omit: ['HttpMethod', 'ResourceId'], format: { Integration: integration } },
  // CDK derives the names from the path.
  'AWS::ApplicationAutoScaling::ScalableTarget': { omit: ['RoleARN'] },
  'AWS::ApplicationAutoScaling::ScalingPolicy': { omit: ['PolicyName'] },
  // site.test.ts runs the code.
  'AWS::CloudFront::Function': { omit: ['FunctionCode'] },
  'AWS::CloudWatch::Alarm': { format: { Metrics: alarmMetrics } },
  'AWS::ECS::TaskDefinition': { omit: ['Family'], format: { ContainerDefinitions: containers } },
  // roles.test.ts compares every right with a list; the outline shows who may assume the role.
  'AWS::IAM::Role': {
    omit: ['ManagedPolicyArns', 'Policies'],
    format: { AssumeRolePolicyDocument: policy },
  },
  // The variables have a section of their own.
  'AWS::Lambda::Function': { omit: ['Code', 'Environment'] },
  'AWS::Lambda::LayerVersion': { omit: ['Content'] },
  'AWS::S3::BucketPolicy': POLICY,
  'AWS::SNS::TopicPolicy': POLICY,
  'AWS::SQS::QueuePolicy': POLICY,
};

/** Whether the outline has a line for the resource. */
export const isShown = (type: string, path: string): boolean =>
  !OMITTED_TYPES.has(type) && !PREFLIGHT.test(path);

/** Whether the outline leaves the property out. */
export const isOmitted = (type: string, property: string): boolean =>
  OMITTED_EVERYWHERE.some((pattern) => pattern.test(property)) ||
  (SHAPES[type]?.omit?.includes(property) ?? false);

/** The shorter text of a property, where it has one. */
export const formatOf = (type: string, property: string): ((value: unknown) => string) | undefined =>
  SHAPES[type]?.format?.[property];
