import { LOCAL_MINUTE_RATE_MILLISECONDS } from '../constants.ts';

/** When a schedule fires: at an interval, or in every minute that matches. */
export type Schedule =
  | { readonly kind: 'rate'; readonly intervalMilliseconds: number }
  | { readonly kind: 'cron'; readonly matches: (minute: Date) => boolean };

const UNIT_MILLISECONDS: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

interface Field {
  readonly minimum: number;
  readonly maximum: number;
  readonly names?: readonly string[];
  readonly of: (minute: Date) => number;
}

/** The six fields of an AWS cron expression, in order; months and week days count from 1. */
const FIELDS: readonly Field[] = [
  { minimum: 0, maximum: 59, of: (minute) => minute.getUTCMinutes() },
  { minimum: 0, maximum: 23, of: (minute) => minute.getUTCHours() },
  { minimum: 1, maximum: 31, of: (minute) => minute.getUTCDate() },
  { minimum: 1, maximum: 12, names: MONTHS, of: (minute) => minute.getUTCMonth() + 1 },
  { minimum: 1, maximum: 7, names: DAYS, of: (minute) => minute.getUTCDay() + 1 },
  { minimum: 1970, maximum: 2199, of: (minute) => minute.getUTCFullYear() },
];

/**
 * Reads `rate(…)` or `cron(…)`, as EventBridge does. It refuses what it does not support, for example `L`, `W` and `#`.
 * Source: "Schedule expressions", Amazon EventBridge User Guide.
 * @param minuteRateMilliseconds the length of `rate(1 minute)`, which is shorter here than on AWS
 * @throws Error if the expression is invalid or not supported
 */
export const parseSchedule = (
  expression: string,
  minuteRateMilliseconds: number = LOCAL_MINUTE_RATE_MILLISECONDS,
): Schedule => {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression.trim());
  const unitMilliseconds = UNIT_MILLISECONDS[rate?.[2] ?? ''];
  const count = Number(rate?.[1]);
  if (unitMilliseconds !== undefined && count > 0) {
    const intervalMilliseconds = count * unitMilliseconds;
    return {
      kind: 'rate',
      intervalMilliseconds:
        intervalMilliseconds === UNIT_MILLISECONDS.minute ? minuteRateMilliseconds : intervalMilliseconds,
    };
  }
  const fields = /^cron\((.+)\)$/.exec(expression.trim())?.[1]?.split(/\s+/) ?? [];
  if (fields.length !== FIELDS.length) throw invalid(expression, 'six fields are needed');
  const tests = FIELDS.map((field, index) => parseField(fields[index] ?? '', field, expression));
  return { kind: 'cron', matches: (minute) => tests.every((test) => test(minute)) };
};

/** One part of a field: `*` or `?`, a value, or a range; then perhaps a step. */
const PART = /^(?:[*?]|(?<from>\w+)(?:-(?<to>\w+))?)(?:\/(?<step>[1-9]\d*))?$/;

const parseField = (text: string, field: Field, expression: string): ((minute: Date) => boolean) => {
  const tests = text.split(',').map((part) => {
    const found = PART.exec(part)?.groups;
    if (found === undefined) throw invalid(expression, part);
    const { from, to, step } = found;
    const low = from === undefined ? field.minimum : parseNumber(from, field, expression);
    const last = to ?? (step === undefined ? from : undefined);
    const high = last === undefined ? field.maximum : parseNumber(last, field, expression);
    // EventBridge refuses a range that wraps around, for example FRI-MON.
    if (high < low) throw invalid(expression, part);
    return (value: number) => value >= low && value <= high && (value - low) % Number(step ?? 1) === 0;
  });
  return (minute) => tests.some((test) => test(field.of(minute)));
};

const parseNumber = (text: string, field: Field, expression: string): number => {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? named + 1 : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= field.minimum && value <= field.maximum) return value;
  throw invalid(expression, text);
};

const invalid = (expression: string, reason: string): Error =>
  new Error(`Invalid schedule expression ${expression}: ${reason}`);
