import type { ExtractionTarget, SagaEvent, SagaEventOf, SourceDescription } from '../../contracts/events.ts';
import { FAILURES, type FailureCode } from '../../contracts/failures.ts';
import {
  chooseTarget,
  escalate,
  MAX_ATTEMPTS,
  processingDeadline,
  publishingDeadline,
  type SagaPolicy,
  secondsAfter,
  secondsBefore,
} from './policy.ts';
import type { SagaState } from './saga.ts';

/** An event that the orchestrator wants to send; its envelope is added outside. */
export type Draft =
  | { type: 'PROCESS_FILE'; payload: SagaEventOf<'PROCESS_FILE'>['payload'] }
  | { type: 'DISCARD_FILE'; payload: SagaEventOf<'DISCARD_FILE'>['payload'] };

/** What a strategy decides: the next state, and what to send. */
export interface Decision {
  state: SagaState;
  drafts: readonly Draft[];
}

/** Its own commands, and facts about uploads that never start a saga. */
export const IGNORED_TYPES = [
  'PROCESS_FILE',
  'DISCARD_FILE',
  'VIDEO_CREATED',
  'UPLOAD_EXPIRED',
  'UPLOAD_REFUSED',
] as const satisfies readonly SagaEvent['type'][];

/** The facts that the orchestrator reacts to. */
export type Fact = Exclude<SagaEvent, { type: (typeof IGNORED_TYPES)[number] }>;

/** A strategy: state (undefined before the saga's first event), event, time → decision. Pure. */
export type Strategy<Event extends Fact> = (
  state: SagaState | undefined,
  event: Event,
  now: Date,
  policy: SagaPolicy,
) => Decision;

/**
 * The strategy table: all that the orchestrator decides. Events may come in any order and any number of times (the
 * duplicates are dropped before); whatever the order, the same facts end in the same state.
 */
export const STRATEGIES: { [Type in Fact['type']]: Strategy<Extract<Fact, { type: Type }>> } = {
  FILE_UPLOADED: (state, event, now, policy) => {
    const source = event.payload;
    if (state === undefined) return order(source, 1, chooseTarget(source, policy), now, policy);
    switch (state.status) {
      case 'AWAITING_SOURCE':
        return retry(source, state.failedAttempt, chooseTarget(source, policy), state.code, now, policy);
      case 'PUBLISHING':
        return keep({ ...state, source });
      default:
        return keep(state);
    }
  },

  FILE_PROCESSED: (state, event, now, policy) => {
    const { attempt } = event.payload;
    const publishing = { attempt, deadlineAt: publishingDeadline(now, policy) };
    if (state === undefined) return keep({ status: 'PUBLISHING', ...publishing });
    switch (state.status) {
      case 'AWAITING_SOURCE':
        return keep({ status: 'PUBLISHING', ...publishing });
      case 'PROCESSING':
      case 'BACKING_OFF': {
        const lastOrdered = state.status === 'PROCESSING' ? state.attempt : state.attempt - 1;
        return keep({
          status: 'PUBLISHING',
          source: state.source,
          ...publishing,
          ...(lastOrdered > attempt && { lastOrdered }),
        });
      }
      default:
        return keep(state);
    }
  },

  FILE_AVAILABLE: (state) => (isOver(state) ? keep(state) : keep({ status: 'COMPLETED' })),

  FILE_FAILED: (state, event, now, policy) => {
    const { attempt, code, retryable } = event.payload;
    if (state === undefined) {
      return retryable && attempt < MAX_ATTEMPTS
        ? keep({ status: 'AWAITING_SOURCE', failedAttempt: attempt, code })
        : giveUp(code);
    }
    switch (state.status) {
      case 'PROCESSING':
        if (attempt !== state.attempt) return keep(state);
        return retryable ? retry(state.source, attempt, state.target, code, now, policy) : giveUp(code);
      case 'PUBLISHING':
        // Only the orchestrator's own deadline fails an attempt whose ZIP exists.
        if (attempt !== state.attempt || code !== 'INTERNAL') return keep(state);
        return state.source
          ? retry(state.source, state.lastOrdered ?? attempt, 'fargate', code, now, policy)
          : giveUp(code);
      case 'AWAITING_SOURCE':
        if (attempt < state.failedAttempt) return keep(state);
        return retryable && attempt < MAX_ATTEMPTS
          ? keep({ status: 'AWAITING_SOURCE', failedAttempt: attempt, code })
          : giveUp(code);
      default:
        return keep(state);
    }
  },

  FILE_DELETED: (state) =>
    state?.status === 'DELETED'
      ? keep(state)
      : { state: { status: 'DELETED' }, drafts: [{ type: 'DISCARD_FILE', payload: { reason: 'DELETED' } }] },
};

/** Gives a fact to its strategy. */
export const decide = (
  state: SagaState | undefined,
  event: Fact,
  now: Date,
  policy: SagaPolicy,
): Decision => {
  switch (event.type) {
    case 'FILE_UPLOADED':
      return STRATEGIES.FILE_UPLOADED(state, event, now, policy);
    case 'FILE_PROCESSED':
      return STRATEGIES.FILE_PROCESSED(state, event, now, policy);
    case 'FILE_AVAILABLE':
      return STRATEGIES.FILE_AVAILABLE(state, event, now, policy);
    case 'FILE_FAILED':
      return STRATEGIES.FILE_FAILED(state, event, now, policy);
    case 'FILE_DELETED':
      return STRATEGIES.FILE_DELETED(state, event, now, policy);
  }
};

/** What a deadline that has passed means: a failure to be told like any other, or an attempt whose time has come. */
export const decideOverdue = (
  state: SagaState,
  now: Date,
  policy: SagaPolicy,
):
  | { kind: 'none' }
  | { kind: 'order'; decision: Decision }
  | { kind: 'failed'; attempt: number; code: FailureCode } => {
  if (!('deadlineAt' in state) || new Date(state.deadlineAt) > now) return { kind: 'none' };
  switch (state.status) {
    case 'BACKING_OFF':
      return { kind: 'order', decision: order(state.source, state.attempt, state.target, now, policy) };
    case 'PROCESSING':
      return { kind: 'failed', attempt: state.attempt, code: 'PROCESSING_TIMEOUT' };
    case 'PUBLISHING':
      return { kind: 'failed', attempt: state.attempt, code: 'INTERNAL' };
  }
};

const keep = (state: SagaState): Decision => ({ state, drafts: [] });

const isOver = (
  state: SagaState | undefined,
): state is Extract<SagaState, { status: 'COMPLETED' | 'FAILED' | 'DELETED' }> =>
  state?.status === 'COMPLETED' || state?.status === 'FAILED' || state?.status === 'DELETED';

const order = (
  source: SourceDescription,
  attempt: number,
  target: ExtractionTarget,
  now: Date,
  policy: SagaPolicy,
): Decision => ({
  state: {
    status: 'PROCESSING',
    attempt,
    target,
    source,
    deadlineAt: processingDeadline(now, target, policy),
  },
  drafts: [{ type: 'PROCESS_FILE', payload: { attempt, target, source } }],
});

const retry = (
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

const giveUp = (code: FailureCode): Decision => ({
  state: { status: 'FAILED', code },
  drafts: [{ type: 'DISCARD_FILE', payload: { reason: 'FAILED', code, message: FAILURES[code].message } }],
});
