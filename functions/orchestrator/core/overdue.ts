import { awaitResult, type Decision, keep, order, orderDraft } from './decisions.ts';
import { chooseTarget, publishingDeadline, type SagaPolicy } from './policy.ts';
import type { SagaState } from './saga.ts';

/**
 * Decides about a passed deadline; undefined if no deadline has passed. The orchestrator orders the attempt whose wait
 * is over, or repeats an order without a result. It never fails or discards an attempt here, because a silent attempt
 * may be waiting, running or finished. Only the process context, which holds the lease, knows that.
 */
export const decideOverdue = (state: SagaState, now: Date, policy: SagaPolicy): Decision | undefined => {
  if (!('deadlineAt' in state) || new Date(state.deadlineAt) > now) return undefined;
  switch (state.status) {
    case 'BACKING_OFF':
      return order(state.source, state.attempt, state.target, now, policy);
    case 'PROCESSING':
      return {
        state: awaitResult({ ...state, repeats: state.repeats + 1 }, now, policy),
        drafts: [orderDraft(state.source, state.attempt, state.target)],
      };
    case 'PUBLISHING': {
      const { source, lastOrdered: attempt = state.attempt } = state;
      const repeats = state.repeats + 1;
      const next = { ...state, repeats, deadlineAt: publishingDeadline(now, repeats, policy) };
      // Without a source, nothing can be ordered: FILE_UPLOADED has not arrived yet.
      if (source === undefined) return keep(next);
      return { state: next, drafts: [orderDraft(source, attempt, chooseTarget(source, policy))] };
    }
  }
};
