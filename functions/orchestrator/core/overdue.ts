import { awaitResult, type Decision, keep, order, orderDraft } from './decisions.ts';
import { chooseTarget, publishingDeadline, type SagaPolicy } from './policy.ts';
import type { SagaState } from './saga.ts';

/**
 * What to do about a deadline that has passed; undefined where none has. The orchestrator only asks: it orders the
 * attempt whose time has come, or repeats an order that brought no answer. It fails and discards nothing, because a
 * silent attempt may be waiting, at work or finished, and only the process context, which holds its lease, knows which.
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
      // Without a source there is nothing to order yet: FILE_UPLOADED is still on its way.
      if (source === undefined) return keep(next);
      return { state: next, drafts: [orderDraft(source, attempt, chooseTarget(source, policy))] };
    }
  }
};
