import { spawn } from 'node:child_process';
import type { CommandContext } from '../context.ts';
import type { Outcome } from '../exit-codes.ts';
import { withService } from '../service/with-service.ts';

/** How long the service may take to say whether it has a page of its own, in milliseconds. */
const PAGE_MILLISECONDS = 5_000;

/** `frame-flow open`: the service's page, or its documentation, in the browser. */
export const open = (context: CommandContext): Promise<Outcome> =>
  withService(context, async ({ apiUrl, client }) => {
    const { terminal, signal } = context;
    await client.getHealth({}, { signal });
    const limit = AbortSignal.any([signal, AbortSignal.timeout(PAGE_MILLISECONDS)]);
    const hasPage = await fetch(`${apiUrl}/`, { signal: limit }).then(
      async (answer) => {
        await answer.body?.cancel();
        return answer.ok;
      },
      () => false,
    );
    const url = hasPage ? `${apiUrl}/` : `${apiUrl}/docs`;
    terminal.result({ url }, url);
    if (!(await startBrowser(url))) terminal.note('No browser could be started: open the address yourself.');
    return 'done';
  });

/** Whether the platform's opener could be started. The address passes no shell. */
const startBrowser = (url: string): Promise<boolean> => {
  const [program, ...args] = openerOf(process.platform, url);
  const child = spawn(program, args, { detached: true, stdio: 'ignore' });
  child.unref();
  return new Promise((resolve) => {
    child.once('spawn', () => resolve(true));
    child.once('error', () => resolve(false));
  });
};

const openerOf = (platform: NodeJS.Platform, url: string): readonly [string, ...string[]] => {
  if (platform === 'darwin') return ['open', url];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  return ['xdg-open', url];
};
