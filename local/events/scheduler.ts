import type { RuleModel } from '../template/model.ts';
import { arnOf } from '../template/physical-names.ts';
import type { Deliver } from './event-bus.ts';
import { eventEnvelope } from './event-bus.ts';
import { parseSchedule, type Schedule } from './schedule-expression.ts';

/** Interval between two checks of a cron expression, in milliseconds. */
const CRON_LOOK_MILLISECONDS = 1_000;
const MINUTE_MILLISECONDS = 60_000;
/** The longest interval of a timer, in milliseconds (24.8 days). No run of the dev stack lasts longer. */
const MAX_TIMER_MILLISECONDS = 2 ** 31 - 1;

export interface Scheduler {
  /** Stops all schedules and waits for running deliveries. */
  stop(): Promise<void>;
}

/**
 * Runs the schedules of the template. A failed delivery is not retried, because the next firing follows.
 * @param minuteRateMilliseconds the length of `rate(1 minute)`
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

/** Runs one schedule. A firing is skipped while the previous one is still running. */
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
