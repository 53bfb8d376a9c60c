import { isRecord } from '../template/intrinsics.ts';

/** Tests a value against one element of a pattern's list: a plain value, or an object with one operator. */
type Matcher = (value: unknown) => boolean;

const isText = (value: unknown): value is string => typeof value === 'string';

const same = (left: string, right: unknown): boolean =>
  isText(right) && left.toLowerCase() === right.toLowerCase();

const wildcard = (pattern: string): Matcher => {
  const expression = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('.*');
  const compiled = new RegExp(`^${expression}$`, 's');
  return (value) => isText(value) && compiled.test(value);
};

const COMPARISONS: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '=': (left, right) => left === right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

const numeric = (argument: unknown): Matcher => {
  const parts = Array.isArray(argument) ? argument : [];
  const tests: Matcher[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const compare = COMPARISONS[String(parts[index])];
    const right = Number(parts[index + 1]);
    if (compare === undefined) throw new Error(`unknown comparison: ${String(parts[index])}`);
    tests.push((value) => typeof value === 'number' && compare(value, right));
  }
  return (value) => tests.length > 0 && tests.every((test) => test(value));
};

/** The argument of `prefix` and `suffix`: a text, or an object whose text is compared without regard to case. */
const affix = (argument: unknown, hasAffix: (text: string, part: string) => boolean): Matcher => {
  if (isRecord(argument) && isText(argument['equals-ignore-case'])) {
    const part = argument['equals-ignore-case'].toLowerCase();
    return (value) => isText(value) && hasAffix(value.toLowerCase(), part);
  }
  return (value) => isText(value) && isText(argument) && hasAffix(value, argument);
};

const OPERATORS: Readonly<Record<string, (argument: unknown) => Matcher>> = {
  prefix: (argument) => affix(argument, (text, part) => text.startsWith(part)),
  suffix: (argument) => affix(argument, (text, part) => text.endsWith(part)),
  wildcard: (argument) => wildcard(String(argument)),
  'equals-ignore-case': (argument) => (value) => isText(value) && same(value, argument),
  numeric,
  exists: (argument) => (value) => (value !== undefined) === (argument === true),
  'anything-but': (argument) => {
    const excluded = (Array.isArray(argument) ? argument : [argument]).map(matcher);
    return (value) => value !== undefined && !excluded.some((test) => test(value));
  },
};

const matcher = (element: unknown): Matcher => {
  if (!isRecord(element)) return (value) => value === element;
  const [entry] = Object.entries(element);
  const operator = entry === undefined ? undefined : OPERATORS[entry[0]];
  if (entry === undefined || operator === undefined) {
    throw new Error(`unknown operator: ${entry?.[0]}`);
  }
  return operator(entry[1]);
};

/**
 * Whether an EventBridge pattern matches the event.
 * @throws Error if the pattern uses an unknown operator
 */
export const matchesPattern = (
  pattern: Readonly<Record<string, unknown>>,
  event: Readonly<Record<string, unknown>>,
): boolean =>
  Object.entries(pattern).every(([field, expected]) => {
    if (field === '$or' && Array.isArray(expected)) {
      return expected.some((alternative) => isRecord(alternative) && matchesPattern(alternative, event));
    }
    return matchesField(expected, event[field]);
  });

const matchesField = (pattern: unknown, value: unknown): boolean => {
  if (Array.isArray(pattern)) {
    const values = Array.isArray(value) ? value : [value];
    const tests = pattern.map(matcher);
    return values.some((candidate) => tests.some((test) => test(candidate)));
  }
  return isRecord(pattern) && matchesPattern(pattern, isRecord(value) ? value : {});
};
