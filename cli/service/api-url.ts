import type { CommandContext } from '../context.ts';
import { usageError } from '../errors.ts';

/** Where `npm start` runs the service. */
export const DEFAULT_API_URL = 'http://localhost:3000';

/** Names of this machine, to which nothing travels over a network. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * The service's address, without a slash at its end: of `--api`, of FRAME_FLOW_API, or the dev stack's.
 *
 * @throws CliError where it is no address.
 */
export const apiUrlOf = ({ options, env }: Pick<CommandContext, 'options' | 'env'>): string => {
  const text = options.api ?? (env.FRAME_FLOW_API || DEFAULT_API_URL);
  const isWeb = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  if (!isWeb) {
    throw usageError(`${text} is not the address of a service.`, 'Write it like https://api.example.com.');
  }
  return text.replace(/\/+$/, '');
};

/** Whether passwords and tokens would travel unencrypted over a network. */
export const isUnprotected = (apiUrl: string): boolean => {
  const { protocol, hostname } = new URL(apiUrl);
  return protocol === 'http:' && !LOOPBACK.test(hostname);
};
