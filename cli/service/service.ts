import { homedir } from 'node:os';
import { type Client, createClient, memoryTokens } from '../../client/index.ts';
import type { CommandContext } from '../context.ts';
import { apiUrlOf, isUnprotected } from './api-url.ts';
import { configFolder } from './config-folder.ts';
import { SessionFile } from './session-file.ts';

/** How long a call is repeated while the service does not answer, in milliseconds: a person waits for it. */
const PATIENCE_MILLISECONDS = 3_000;

/** The service that a command talks to, as the user that is logged in. */
export interface Service {
  apiUrl: string;
  client: Client;
  session: SessionFile;
  /** Where the command line keeps what it has to remember. */
  configFolder: string;
  /** Whether FRAME_FLOW_TOKEN stands for a session. */
  hasTokenFromEnvironment: boolean;
}

/** @throws CliError where the address is none. */
export const connect = (
  context: CommandContext,
  { patienceMilliseconds = PATIENCE_MILLISECONDS }: { patienceMilliseconds?: number } = {},
): Service => {
  const { env, options, terminal } = context;
  const apiUrl = apiUrlOf(context);
  if (isUnprotected(apiUrl)) terminal.note(`Passwords and tokens travel unencrypted to ${apiUrl}.`);
  const folder = configFolder(process.platform, env, homedir());
  const session = new SessionFile(folder, apiUrl);
  const accessToken = env.FRAME_FLOW_TOKEN ?? '';
  const client = createClient({
    baseUrl: apiUrl,
    tokens: accessToken === '' ? session : memoryTokens({ accessToken }),
    ...(options.timeout !== undefined && { timeoutMilliseconds: options.timeout * 1000 }),
    patienceMilliseconds,
  });
  return { apiUrl, client, session, configFolder: folder, hasTokenFromEnvironment: accessToken !== '' };
};
