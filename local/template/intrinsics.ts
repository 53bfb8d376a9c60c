import { REGION } from '../constants.ts';

/** The operations of the resolver that intrinsic functions use. */
export interface IntrinsicScope {
  resolve(value: unknown): unknown;
  reference(target: string): unknown;
  attribute(logicalId: string, attribute: string): string;
  exported(name: string): unknown;
  output(stackName: string, output: string): unknown;
  condition(name: string): boolean;
  mapping(map: string, top: string, second: string): unknown;
  /** The error for an intrinsic function that is not supported. */
  unsupported(what: string): Error;
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Intrinsic = (argument: unknown, scope: IntrinsicScope) => unknown;

const listOf = (value: unknown, name: string, scope: IntrinsicScope): unknown[] => {
  if (Array.isArray(value)) return value;
  throw scope.unsupported(`${name} without a list`);
};

const textOf = (value: unknown, name: string, scope: IntrinsicScope): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw scope.unsupported(`${name} of a value that is not a text`);
};

const resolvedList = (argument: unknown, name: string, scope: IntrinsicScope): unknown[] =>
  listOf(scope.resolve(argument), name, scope);

const join: Intrinsic = (argument, scope) => {
  const [separator, parts] = resolvedList(argument, 'Fn::Join', scope);
  return listOf(parts, 'Fn::Join', scope)
    .map((part) => textOf(part, 'Fn::Join', scope))
    .join(textOf(separator, 'Fn::Join', scope));
};

const split: Intrinsic = (argument, scope) => {
  const [separator, text] = resolvedList(argument, 'Fn::Split', scope);
  return textOf(text, 'Fn::Split', scope).split(textOf(separator, 'Fn::Split', scope));
};

const select: Intrinsic = (argument, scope) => {
  const [index, list] = resolvedList(argument, 'Fn::Select', scope);
  const chosen = listOf(list, 'Fn::Select', scope)[Number(index)];
  if (chosen === undefined) throw scope.unsupported(`Fn::Select of the missing element ${String(index)}`);
  return chosen;
};

const getAtt: Intrinsic = (argument, scope) => {
  const parts = typeof argument === 'string' ? argument.split('.') : listOf(argument, 'Fn::GetAtt', scope);
  const [logicalId, ...attribute] = parts.map((part) => textOf(scope.resolve(part), 'Fn::GetAtt', scope));
  return scope.attribute(logicalId ?? '', attribute.join('.'));
};

const sub: Intrinsic = (argument, scope) => {
  const [text, variables] =
    typeof argument === 'string' ? [argument, {}] : listOf(argument, 'Fn::Sub', scope);
  const given = isRecord(variables) ? variables : {};
  return textOf(text, 'Fn::Sub', scope).replaceAll(
    /\$\{(!?)([^}]+)\}/g,
    (_, literal: string, inner: string) => {
      if (literal === '!') return `\${${inner}}`;
      const name = inner.trim();
      if (Object.hasOwn(given, name)) return textOf(scope.resolve(given[name]), 'Fn::Sub', scope);
      const dot = name.indexOf('.');
      const value =
        dot < 0 ? scope.reference(name) : scope.attribute(name.slice(0, dot), name.slice(dot + 1));
      return textOf(value, 'Fn::Sub', scope);
    },
  );
};

const chooseIf: Intrinsic = (argument, scope) => {
  const [condition, yes, no] = listOf(argument, 'Fn::If', scope);
  return scope.resolve(scope.condition(textOf(condition, 'Fn::If', scope)) ? yes : no);
};

const findInMap: Intrinsic = (argument, scope) => {
  const [map, top, second] = resolvedList(argument, 'Fn::FindInMap', scope).map((part) =>
    textOf(part, 'Fn::FindInMap', scope),
  );
  const value = scope.mapping(map ?? '', top ?? '', second ?? '');
  if (value === undefined)
    throw scope.unsupported(`Fn::FindInMap of the missing entry ${map}.${top}.${second}`);
  return value;
};

const getStackOutput: Intrinsic = (argument, scope) => {
  const options = scope.resolve(argument);
  if (!isRecord(options)) throw scope.unsupported('Fn::GetStackOutput without its names');
  return scope.output(
    textOf(options.StackName, 'Fn::GetStackOutput', scope),
    textOf(options.OutputName, 'Fn::GetStackOutput', scope),
  );
};

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, scope) => scope.reference(textOf(argument, 'Ref', scope)),
  Condition: (argument, scope) => scope.condition(textOf(argument, 'Condition', scope)),
  'Fn::GetAtt': getAtt,
  'Fn::Join': join,
  'Fn::Split': split,
  'Fn::Select': select,
  'Fn::Sub': sub,
  'Fn::If': chooseIf,
  'Fn::FindInMap': findInMap,
  'Fn::ImportValue': (argument, scope) =>
    scope.exported(textOf(scope.resolve(argument), 'Fn::ImportValue', scope)),
  'Fn::GetStackOutput': getStackOutput,
  'Fn::GetAZs': () => [`${REGION}a`, `${REGION}b`, `${REGION}c`],
  'Fn::Base64': (argument, scope) =>
    Buffer.from(textOf(scope.resolve(argument), 'Fn::Base64', scope)).toString('base64'),
  'Fn::ToJsonString': (argument, scope) => JSON.stringify(scope.resolve(argument)),
  'Fn::Length': (argument, scope) => resolvedList(argument, 'Fn::Length', scope).length,
  'Fn::Equals': (argument, scope) => {
    const [left, right] = resolvedList(argument, 'Fn::Equals', scope);
    return String(left) === String(right);
  },
  'Fn::And': (argument, scope) => resolvedList(argument, 'Fn::And', scope).every((value) => value === true),
  'Fn::Or': (argument, scope) => resolvedList(argument, 'Fn::Or', scope).some((value) => value === true),
  'Fn::Not': (argument, scope) => resolvedList(argument, 'Fn::Not', scope)[0] !== true,
};

/**
 * Evaluates one intrinsic function.
 * @throws the error of {@link IntrinsicScope.unsupported}, for unsupported functions and arguments
 */
export const evaluateIntrinsic = (name: string, argument: unknown, scope: IntrinsicScope): unknown => {
  const intrinsic = INTRINSICS[name];
  if (intrinsic === undefined) throw scope.unsupported(name);
  return intrinsic(argument, scope);
};
