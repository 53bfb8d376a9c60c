import type { CommandContext } from '../context.ts';
import type { Outcome } from '../exit-codes.ts';
import { askEmail, askPassword } from '../service/password.ts';
import { withService } from '../service/with-service.ts';

export interface LoginOptions {
  email?: string;
  passwordStdin?: boolean;
}

/** `frame-flow login`: starts a session and keeps it. */
export const login = (
  context: CommandContext,
  { email: given, passwordStdin = false }: LoginOptions,
): Promise<Outcome> =>
  withService(context, async ({ client, session, apiUrl }) => {
    const email = await askEmail(given, context);
    const password = await askPassword(passwordStdin, context);
    const refreshToken = await session.deviceProof(email);
    const credentials = { email, password, ...(refreshToken !== undefined && { refreshToken }) };
    await client.login(credentials, { signal: context.signal });
    await session.setEmail(email);
    if (context.env.FRAME_FLOW_TOKEN) {
      context.terminal.note('FRAME_FLOW_TOKEN is set: the other commands use it and not this session.');
    }
    context.terminal.result({ apiUrl, email }, `Logged in as ${email} at ${apiUrl}.`);
    return 'done';
  });
