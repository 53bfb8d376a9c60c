import type { ExtractionTarget, SagaEventOf, SourceDescription } from '../../contracts/events.ts';
import { FAILURES, type FailureCode } from '../../contracts/failures.ts';
import {
  escalate,
  MAX_ATTEMPTS,
  processingDeadline,
  type SagaPolicy,
  secondsAfter,
  secondsBefore,
} from './policy.ts';
import type { SagaState } from './saga.ts';

/** A command that a strategy wants to send, without its envelope. */
export type Draft =
  | { type: 'PROCESS_FILE'; payload: SagaEventOf<'PROCESS_FILE'>['payload'] }
  | { type: 'DISCARD_FILE'; payload: SagaEventOf<'DISCARD_FILE'>['payload'] };

/** A strategy's decision: the next state and the commands to send. */
export interface Decision {
  state: SagaState;
  drafts: readonly Draft[];
}

/** A decision without commands. */
export const keep = (state: SagaState): Decision => ({ state, drafts: [] });

type Processing = Extract<SagaState, { status: 'PROCESSING' }>;

/** The state of an attempt with the deadline for repeating its order. */
export const awaitResult = (
  state: Omit<Processing, 'deadlineAt'>,
  now: Date,
  policy: SagaPolicy,
): Processing => ({
  ...state,
  deadlineAt: processingDeadline(now, state, policy),
});

/** The order of an attempt. A repeated order requests the attempt's outcome. */
export const orderDraft = (source: SourceDescription, attempt: number, target: ExtractionTarget): Draft => ({
  type: 'PROCESS_FILE',
  payload: { attempt, target, source },
});

/** Orders an attempt, which then waits until a run claims it. */
export const order = (
  source: SourceDescription,
  attempt: number,
  target: ExtractionTarget,
  now: Date,
  policy: SagaPolicy,
): Decision => ({
  state: awaitResult(
    { status: 'PROCESSING', attempt, target, source, takenOn: false, repeats: 0 },
    now,
    policy,
  ),
  drafts: [orderDraft(source, attempt, target)],
});

/** Orders the attempt after a failed one, at once or later; gives up after the last attempt. */
export const retry = (
  source: SourceDescription,
  failedAttempt: number,
  target: ExtractionTarget,
  code: FailureCode,
  now: Date,
  policy: SagaPolicy,
): Decision => {
  if (failedAttempt >= MAX_ATTEMPTS) return giveUp(code);
  const attempt = failedAttempt + 1;
  const next = escalate(target, code);
  const wait = secondsBefore(attempt, policy);
  if (wait === 0) return order(source, attempt, next, now, policy);
  return keep({ status: 'BACKING_OFF', attempt, target: next, source, deadlineAt: secondsAfter(now, wait) });
};

/** The saga ends in FAILED. */
export const giveUp = (code: FailureCode): Decision => ({
  state: { status: 'FAILED', code },
  drafts: [{ type: 'DISCARD_FILE', payload: { reason: 'FAILED', code, message: FAILURES[code].message } }],
});
