import type { SagaEventOf, SagaEventType } from '../../contracts/events.ts';
import { awaitResult, type Decision, giveUp, keep, order, retry } from './decisions.ts';
import { chooseTarget, MAX_ATTEMPTS, publishingDeadline, type SagaPolicy } from './policy.ts';
import type { SagaState } from './saga.ts';

/** The orchestrator's own commands, and facts about uploads that never start a saga. */
export const IGNORED_TYPES = [
  'PROCESS_FILE',
  'DISCARD_FILE',
  'VIDEO_CREATED',
  'UPLOAD_EXPIRED',
  'UPLOAD_REFUSED',
] as const satisfies readonly SagaEventType[];

/** The facts that the orchestrator handles. */
export type Fact = SagaEventOf<Exclude<SagaEventType, (typeof IGNORED_TYPES)[number]>>;

/** A strategy: state (undefined before the saga's first event), event, time → decision. Pure. */
export type Strategy<Event extends Fact> = (
  state: SagaState | undefined,
  event: Event,
  now: Date,
  policy: SagaPolicy,
) => Decision;

/**
 * The strategy table: all decisions of the orchestrator about events. Events may arrive in any order and repeatedly
 * (duplicates are dropped earlier). The same facts lead to the same state in any order.
 */
const STRATEGIES: { [Type in Fact['type']]: Strategy<SagaEventOf<Type>> } = {
  FILE_UPLOADED: (state, event, now, policy) => {
    const source = event.payload;
    if (state === undefined) return order(source, 1, chooseTarget(source, policy), now, policy);
    switch (state.status) {
      case 'AWAITING_SOURCE': {
        const { failedAttempt, code } = state;
        const target = chooseTarget(source, policy);
        return failedAttempt === undefined || code === undefined
          ? order(source, 1, target, now, policy)
          : retry(source, failedAttempt, target, code, now, policy);
      }
      case 'PUBLISHING':
        return keep({ ...state, source });
      default:
        return keep(state);
    }
  },

  EXTRACTION_STARTED: (state, event, now, policy) => {
    if (state === undefined) return keep({ status: 'AWAITING_SOURCE' });
    if (state.status !== 'PROCESSING' || state.attempt !== event.payload.attempt) return keep(state);
    return keep(awaitResult({ ...state, takenOn: true, repeats: 0 }, now, policy));
  },

  FILE_PROCESSED: (state, event, now, policy) => {
    const { attempt } = event.payload;
    const publishing = { attempt, repeats: 0, deadlineAt: publishingDeadline(now, 0, policy) };
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
      case 'BACKING_OFF':
        // The failure of a later attempt also counts, because this state is then outdated.
        if (attempt < state.attempt) return keep(state);
        return retryable ? retry(state.source, attempt, state.target, code, now, policy) : giveUp(code);
      case 'PUBLISHING': {
        // The job and its result were lost, a repeated order started the attempt again, and it failed.
        const { source, lastOrdered = state.attempt } = state;
        if (state.repeats === 0 || attempt !== lastOrdered || source === undefined) return keep(state);
        return retryable ? retry(source, attempt, 'fargate', code, now, policy) : giveUp(code);
      }
      case 'AWAITING_SOURCE':
        if (attempt < (state.failedAttempt ?? 0)) return keep(state);
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

/** Calls the strategy for a fact. */
export const decide = <Type extends Fact['type']>(
  state: SagaState | undefined,
  event: SagaEventOf<Type>,
  now: Date,
  policy: SagaPolicy,
): Decision => STRATEGIES[event.type](state, event, now, policy);

const isOver = (
  state: SagaState | undefined,
): state is Extract<SagaState, { status: 'COMPLETED' | 'FAILED' | 'DELETED' }> =>
  state?.status === 'COMPLETED' || state?.status === 'FAILED' || state?.status === 'DELETED';
