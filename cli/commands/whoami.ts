import type { CommandContext } from '../context.ts';
import type { Outcome } from '../exit-codes.ts';
import { withService } from '../service/with-service.ts';

/** `frame-flow whoami`: the account of the session. */
export const whoami = (context: CommandContext): Promise<Outcome> =>
  withService(context, async ({ client, apiUrl }) => {
    const profile = await client.getProfile({}, { signal: context.signal });
    context.terminal.result({ apiUrl, ...profile }, profile.email);
    return 'done';
  });
