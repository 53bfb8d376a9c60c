import { hasCode } from '../../client/index.ts';
import type { CommandContext } from '../context.ts';
import type { Outcome } from '../exit-codes.ts';
import { askEmail, askPassword } from '../service/password.ts';
import { withService } from '../service/with-service.ts';

export interface RegisterOptions {
  email?: string;
  name?: string;
  passwordStdin?: boolean;
}

/** `frame-flow register`: creates an account and logs in. */
export const register = (
  context: CommandContext,
  { email: given, name, passwordStdin = false }: RegisterOptions,
): Promise<Outcome> =>
  withService(context, async ({ client, session, apiUrl }) => {
    const email = await askEmail(given, context);
    const password = await askPassword(passwordStdin, context);
    const { signal } = context;
    try {
      await client.register({ email, password, ...(name !== undefined && { name }) }, { signal });
    } catch (error) {
      // An earlier try may have made the account, its answer being lost: the login tells.
      if (!hasCode(error, 'EMAIL_TAKEN') || !error.isUncertain) throw error;
    }
    await client.login({ email, password }, { signal });
    await session.setEmail(email);
    context.terminal.result({ apiUrl, email }, `Registered and logged in as ${email} at ${apiUrl}.`);
    return 'done';
  });
