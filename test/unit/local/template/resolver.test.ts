import { describe, expect, test } from 'vitest';
import type { StackTemplate } from '../../../../local/template/assembly.ts';
import { TemplateResolver } from '../../../../local/template/resolver.ts';

const stackOf = (name: string, template: Partial<StackTemplate['template']>): StackTemplate => ({
  name,
  assets: new Map(),
  template: { Resources: {}, Parameters: {}, Conditions: {}, Mappings: {}, Outputs: {}, ...template },
});

const resource = (Type: string, Properties: Record<string, unknown> = {}) => ({
  Type,
  Properties,
  DependsOn: [],
  Metadata: {},
});

const data = stackOf('Data', {
  Resources: {
    Jobs: resource('AWS::SQS::Queue', { FifoQueue: true }),
    Files: resource('AWS::S3::Bucket'),
    Key: resource('AWS::SecretsManager::Secret'),
    Role: resource('AWS::EC2::VPC'),
  },
  Parameters: {
    Size: { Type: 'Number', Default: 3 },
    List: { Type: 'CommaDelimitedList', Default: 'a,b' },
    Open: { Type: 'String' },
  },
  Conditions: {
    Small: { 'Fn::Equals': [{ Ref: 'Size' }, 3] },
    Large: { 'Fn::Not': [{ Condition: 'Small' }] },
    Both: { 'Fn::And': [{ Condition: 'Small' }, { Condition: 'Large' }] },
    Either: { 'Fn::Or': [{ Condition: 'Small' }, { Condition: 'Large' }] },
  },
  Mappings: { Map: { top: { second: 'found' } } },
  Outputs: {
    JobsArn: { Value: { 'Fn::GetAtt': ['Jobs', 'Arn'] }, Export: { Name: 'Data:JobsArn' } },
    Plain: { Value: { Ref: 'Files' } },
    Hidden: { Value: 'x', Condition: 'Large', Export: { Name: 'Data:Hidden' } },
  },
});
const app = stackOf('App', {});

const secrets: Record<string, string> = {
  'arn:aws:secretsmanager:us-east-1:000000000000:secret:Data-Key': '{"password":"p1","n":5}',
};
const resolver = new TemplateResolver([data, app], {
  queueEndpoint: 'http://127.0.0.1:9000',
  storageUrl: 'http://localhost:3001',
  secretText: (secret) => secrets[secret],
});
const resolve = (value: unknown, stack = data) => resolver.resolve(stack, value, 'the test');

const ARN = 'arn:aws:sqs:us-east-1:000000000000:Data-Jobs.fifo';
const SECRET = '{{resolve:secretsmanager:arn:aws:secretsmanager:us-east-1:000000000000:secret:Data-Key';

describe('intrinsic functions', () => {
  test.each<[string, unknown, unknown]>([
    ['Ref of a queue is its URL', { Ref: 'Jobs' }, 'http://127.0.0.1:9000/000000000000/Data-Jobs.fifo'],
    ['Ref of a bucket is its name, valid in S3', { Ref: 'Files' }, 'data-files'],
    ['Ref of a parameter is its default', { Ref: 'Size' }, 3],
    ['Ref of a list parameter is a list', { Ref: 'List' }, ['a', 'b']],
    ['Ref of a pseudo parameter', [{ Ref: 'AWS::Region' }, { Ref: 'AWS::StackName' }], ['us-east-1', 'Data']],
    ['GetAtt as a list', { 'Fn::GetAtt': ['Jobs', 'Arn'] }, ARN],
    ['GetAtt as a string', { 'Fn::GetAtt': 'Jobs.Arn' }, ARN],
    ['Join of parts that are functions', { 'Fn::Join': ['-', ['a', { Ref: 'Size' }, true]] }, 'a-3-true'],
    [
      'Select and Split',
      { 'Fn::Select': [1, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Jobs', 'Arn'] }] }] },
      'aws',
    ],
    [
      'Sub of references, attributes, variables and literals',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax
      { 'Fn::Sub': ['${Size} ${Jobs.Arn} ${X} ${!Y}', { X: { Ref: 'Files' } }] },
      `3 ${ARN} data-files \${Y}`,
    ],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own syntax
    ['Sub of a string alone', { 'Fn::Sub': '${AWS::Region}' }, 'us-east-1'],
    ['If with a true condition', { 'Fn::If': ['Small', 'yes', { Ref: 'Nothing' }] }, 'yes'],
    ['If with a false condition', { 'Fn::If': ['Large', { Ref: 'Nothing' }, 'no'] }, 'no'],
    ['And, Or', [{ Condition: 'Both' }, { Condition: 'Either' }], [false, true]],
    ['FindInMap', { 'Fn::FindInMap': ['Map', 'top', 'second'] }, 'found'],
    ['Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
    [
      'NoValue removes a property and an element',
      { kept: 1, gone: { Ref: 'AWS::NoValue' }, list: [1, { Ref: 'AWS::NoValue' }] },
      { kept: 1, list: [1] },
    ],
    [
      'an object with a key that only looks like a function',
      { 'Fn::Join': ['', ['a']], other: 1 },
      { 'Fn::Join': ['', ['a']], other: 1 },
    ],
  ])('%s', (_, value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  test('resolve the exports and outputs of other stacks', () => {
    expect(resolve({ 'Fn::ImportValue': { 'Fn::Sub': 'Data:JobsArn' } }, app)).toBe(ARN);
    expect(resolve({ 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'Plain' } }, app)).toBe(
      'data-files',
    );
  });
});

describe('secrets', () => {
  test.each([
    [`${SECRET}:SecretString:password::}}`, 'p1'],
    [`${SECRET}:SecretString:n::}}`, '5'],
    [`a ${SECRET}:SecretString:::}} b`, 'a {"password":"p1","n":5} b'],
  ])('%s is resolved', (text, expected) => {
    expect(resolve(text)).toBe(expected);
    expect(resolve({ 'Fn::Join': ['', [text.slice(0, 20), text.slice(20)]] })).toBe(expected);
  });
});

describe('an unsupported template', () => {
  test.each<[string, unknown, RegExp]>([
    ['an unknown function', { 'Fn::Transform': {} }, /the test: .*Fn::Transform/],
    ['a missing resource', { Ref: 'Nothing' }, /the test refers to Nothing/],
    [
      'a resource of an unsupported type',
      { 'Fn::GetAtt': ['Role', 'Arn'] },
      /the test needs Arn of Data\/Role.*AWS::EC2::VPC/,
    ],
    ['an unknown attribute', { 'Fn::GetAtt': ['Jobs', 'Color'] }, /Color of Data\/Jobs/],
    ['an unknown export', { 'Fn::ImportValue': 'Other' }, /no stack exports Other/],
    [
      'an export whose condition does not hold',
      { 'Fn::ImportValue': 'Data:Hidden' },
      /no stack exports Data:Hidden/,
    ],
    ['a parameter without a default', { Ref: 'Open' }, /parameter Open has no default/],
    ['a missing element', { 'Fn::Select': [7, ['a']] }, /element 7/],
    ['an unknown secret', '{{resolve:secretsmanager:other:SecretString:::}}', /cannot be resolved/],
    ['another kind of reference', '{{resolve:ssm:/path}}', /cannot be resolved/],
  ])('fails with an error that names the place: %s', (_, value, message) => {
    expect(() => resolve(value)).toThrow(message);
  });

  test('is no error while it is not used', () => {
    const stack = stackOf('Odd', {
      Resources: { Bad: resource('AWS::EC2::VPC', { X: { 'Fn::Transform': {} } }) },
    });
    const other = new TemplateResolver([stack], {
      queueEndpoint: '',
      storageUrl: '',
      secretText: () => undefined,
    });
    expect(other.resourcesOf('AWS::SQS::Queue')).toEqual([]);
  });
});
