import type { CommandContext } from '../context.ts';
import type { Outcome } from '../exit-codes.ts';
import { withService } from '../service/with-service.ts';

/** `frame-flow logout`: forgets the session, and ends it at the service. */
export const logout = (context: CommandContext): Promise<Outcome> =>
  withService(context, async ({ client, apiUrl }) => {
    await client.session.end();
    context.terminal.result({ apiUrl }, `Logged out of ${apiUrl}.`);
    return 'done';
  });
