import type { RuleModel } from '../template/model.ts';
import { arnOf } from '../template/physical-names.ts';
import type { Deliver } from './event-bus.ts';
import { eventEnvelope } from './event-bus.ts';
import { parseSchedule, type Schedule } from './schedule-expression.ts';

/** How often a cron expression is looked at, in milliseconds. */
const CRON_LOOK_MILLISECONDS = 1_000;
const MINUTE_MILLISECONDS = 60_000;
/** Timers hold no more than this, in milliseconds; a longer rate never comes to pass in one session anyway. */
const MAX_TIMER_MILLISECONDS = 2 ** 31 - 1;

export interface Scheduler {
  /** Fires no more and waits for what it has fired. */
  stop(): Promise<void>;
}

/**
 * Runs the schedules of the template. A target that fails is not tried again: its next turn comes.
 * @param minuteRateMilliseconds what `rate(1 minute)` means, in milliseconds
 */
export const startScheduler = (
  rules: readonly RuleModel[],
  deliver: Deliver,
  minuteRateMilliseconds: number,
): Scheduler => {
  const started = rules.flatMap((rule) => {
    if (rule.schedule === undefined) return [];
    const schedule = parseSchedule(rule.schedule, minuteRateMilliseconds);
    const event = () =>
      eventEnvelope('aws.events', 'Scheduled Event', {}, [arnOf('events', `rule/${rule.logicalId}`)]);
    return rule.targets.map((target) =>
      startSchedule(schedule, () => deliver(target, event(), { retry: false })),
    );
  });
  return {
    stop: async () => {
      await Promise.all(started.map((schedule) => schedule.stop()));
    },
  };
};

/** Fires one schedule; the previous firing must be over, or this one is left out. */
const startSchedule = (schedule: Schedule, fire: () => Promise<void>): { stop(): Promise<void> } => {
  let running: Promise<void> | undefined;
  const tick = () => {
    if (running !== undefined) return;
    running = fire().finally(() => {
      running = undefined;
    });
  };
  let lastMinute = Math.floor(Date.now() / MINUTE_MILLISECONDS);
  const look = () => {
    if (schedule.kind === 'rate') return tick();
    const minute = Math.floor(Date.now() / MINUTE_MILLISECONDS);
    if (minute === lastMinute) return;
    lastMinute = minute;
    if (schedule.matches(new Date(minute * MINUTE_MILLISECONDS))) tick();
  };
  const intervalMilliseconds =
    schedule.kind === 'rate'
      ? Math.min(schedule.intervalMilliseconds, MAX_TIMER_MILLISECONDS)
      : CRON_LOOK_MILLISECONDS;
  const timer = setInterval(look, intervalMilliseconds);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
};
