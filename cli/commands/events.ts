import type { CommandContext } from '../context.ts';
import type { Outcome } from '../exit-codes.ts';
import { table } from '../output/table.ts';
import { withService } from '../service/with-service.ts';

/** `frame-flow events`: what happened to a video, the oldest first. */
export const events = (context: CommandContext, id: string): Promise<Outcome> =>
  withService(context, async ({ client }) => {
    const { terminal, signal } = context;
    const { items } = await client.getTimeline({ id }, { signal });
    if (terminal.isJson) for (const event of items) terminal.result(event);
    else {
      const rows = items.map(({ occurredAt, type, attempt, target, code, message }) => {
        const details = [
          attempt === undefined ? '' : `attempt ${attempt}`,
          target === undefined ? '' : `on ${target}`,
          code ?? '',
          message ?? '',
        ];
        return [occurredAt, type, details.filter((detail) => detail !== '').join(', ')];
      });
      terminal.lines(table(rows));
    }
    return 'done';
  });
