import * as z from 'zod';
import { accessDenied, S3Failure } from './s3-failure.ts';
import { checkAccessKey, checkSignature, readScope, readSigningTime, type SigningKeys } from './signature.ts';

/** Form fields by lower-case name. */
export type FormFields = ReadonlyMap<string, string>;

/** The allowed file size in bytes, both limits included. */
export interface SizeRange {
  readonly minimum: number;
  readonly maximum: number;
}

const Condition = z.union([
  z.tuple([z.enum(['eq', 'starts-with']), z.string().startsWith('$'), z.string()]),
  z.tuple([z.literal('content-length-range'), z.coerce.number(), z.coerce.number()]),
  z.record(z.string(), z.string()),
]);
type Condition = z.infer<typeof Condition>;

const Policy = z.object({ expiration: z.string(), conditions: z.array(z.unknown()) });

/** Fields that need no condition. */
const UNCONDITIONED = new Set(['policy', 'x-amz-signature', 'awsaccesskeyid', 'file', 'bucket']);

type FieldTest = readonly [operator: 'eq' | 'starts-with', field: string, expected: string];

/**
 * Checks the fields of a POST form against its policy: the signature, the expiry and every condition. Fields without a
 * condition are refused. Source: "POST Policy", Amazon S3 API Reference.
 * @param fields including `bucket` from the request's path
 * @returns the allowed file sizes
 * @throws S3Failure with S3's status, code and reason
 */
export const checkPostPolicy = (
  fields: FormFields,
  keys: SigningKeys,
  nowMilliseconds: number,
): SizeRange => {
  const policy = fields.get('policy');
  if (policy === undefined) throw accessDenied('Access Denied');
  checkFormSignature(fields, policy, keys);
  const { expiresAt, conditions } = parsePolicy(policy);
  if (expiresAt <= nowMilliseconds) throw invalid('Policy expired.');
  const tests = conditions.flatMap(fieldTests);
  for (const condition of conditions) {
    if (!fieldTests(condition).every((test) => holds(test, fields))) {
      throw invalid(`Policy Condition failed: ${JSON.stringify(condition)}`);
    }
  }
  const covered = new Set(tests.map(([, field]) => field));
  const extra = [...fields.keys()].filter(
    (field) => !covered.has(field) && !UNCONDITIONED.has(field) && !field.startsWith('x-ignore-'),
  );
  if (extra.length > 0) throw invalid(`Extra input fields: ${extra.join(', ')}`);
  let range: SizeRange = { minimum: 0, maximum: Number.POSITIVE_INFINITY };
  for (const condition of conditions) {
    if (!Array.isArray(condition) || condition[0] !== 'content-length-range') continue;
    const [, minimum, maximum] = condition;
    range = { minimum: Math.max(range.minimum, minimum), maximum: Math.min(range.maximum, maximum) };
  }
  return range;
};

const checkFormSignature = (fields: FormFields, policy: string, keys: SigningKeys): void => {
  const field = (name: string): string => {
    const value = fields.get(name);
    if (value !== undefined) return value;
    throw new S3Failure(400, 'InvalidArgument', `Bucket POST must contain a field named '${name}'.`);
  };
  if (field('x-amz-algorithm') !== 'AWS4-HMAC-SHA256') {
    throw new S3Failure(400, 'InvalidArgument', 'x-amz-algorithm must be AWS4-HMAC-SHA256');
  }
  const scope = readScope(field('x-amz-credential'));
  if (scope === undefined) throw new S3Failure(400, 'InvalidArgument', 'x-amz-credential is malformed');
  if (Number.isNaN(readSigningTime(field('x-amz-date')))) {
    throw new S3Failure(400, 'InvalidArgument', 'x-amz-date is malformed');
  }
  checkAccessKey(keys, scope.accessKeyId);
  checkSignature(keys, scope, policy, field('x-amz-signature'));
};

const parsePolicy = (encoded: string): { readonly expiresAt: number; readonly conditions: Condition[] } => {
  const policy = Policy.safeParse(parseJson(Buffer.from(encoded, 'base64').toString('utf8')));
  if (!policy.success) throw malformed('expiration and conditions are required.');
  const expiresAt = Date.parse(policy.data.expiration);
  if (Number.isNaN(expiresAt)) throw malformed('Invalid expiration.');
  const conditions = policy.data.conditions.map((text) => {
    const condition = Condition.safeParse(text);
    if (condition.success) return condition.data;
    throw malformed(`Invalid condition: ${JSON.stringify(text)}`);
  });
  return { expiresAt, conditions };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('Invalid JSON.');
  }
};

const malformed = (reason: string): S3Failure =>
  new S3Failure(400, 'InvalidPolicyDocument', `Invalid Policy: ${reason}`);

const invalid = (reason: string): S3Failure => accessDenied(`Invalid according to Policy: ${reason}`);

const fieldTests = (condition: Condition): FieldTest[] => {
  if (!Array.isArray(condition)) {
    return Object.entries(condition).map(([field, expected]) => ['eq', field.toLowerCase(), expected]);
  }
  if (condition[0] === 'content-length-range') return [];
  const [operator, field, expected] = condition;
  return [[operator, field.slice(1).toLowerCase(), expected]];
};

const holds = ([operator, field, expected]: FieldTest, fields: FormFields): boolean => {
  const value = fields.get(field);
  if (value === undefined) return operator === 'starts-with' && expected === '';
  return operator === 'eq' ? value === expected : value.startsWith(expected);
};

/** @throws S3Failure EntityTooLarge */
export const checkNotTooLarge = (sizeBytes: number, range: SizeRange): void => {
  if (sizeBytes <= range.maximum) return;
  throw new S3Failure(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
    ProposedSize: String(sizeBytes),
    MaxSizeAllowed: String(range.maximum),
  });
};

/** @throws S3Failure EntityTooSmall */
export const checkNotTooSmall = (sizeBytes: number, range: SizeRange): void => {
  if (sizeBytes >= range.minimum) return;
  throw new S3Failure(
    400,
    'EntityTooSmall',
    'Your proposed upload is smaller than the minimum allowed size',
    {
      ProposedSize: String(sizeBytes),
      MinSizeAllowed: String(range.minimum),
    },
  );
};
