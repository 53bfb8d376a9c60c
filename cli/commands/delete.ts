import type { CommandContext } from '../context.ts';
import { joinOutcomes, type Outcome } from '../exit-codes.ts';
import { serviceReport } from '../service/report.ts';
import { withService } from '../service/with-service.ts';

/** `frame-flow delete`: deletes videos with all that belongs to them. */
export const deleteVideos = (context: CommandContext, ids: readonly string[]): Promise<Outcome> =>
  withService(context, async ({ client }) => {
    const { terminal, signal } = context;
    const outcomes: Outcome[] = [];
    for (const id of ids) {
      try {
        await client.deleteVideo({ id }, { signal });
        terminal.result({ id, deleted: true }, id);
        outcomes.push('done');
      } catch (error) {
        signal.throwIfAborted();
        const report = serviceReport(error, context);
        terminal.error(report, id);
        outcomes.push(report.outcome);
        // The same would happen to all others.
        if (report.outcome === 'notLoggedIn' || report.outcome === 'unreachable') break;
      }
    }
    return joinOutcomes(outcomes);
  });
