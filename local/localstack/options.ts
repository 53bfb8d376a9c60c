import { StepError } from './errors.ts';

/** What the command line and the environment say. */
export interface Options {
  readonly command: 'up' | 'down' | 'help';
  /** More `-c` arguments for the synthesis, as `key=value`. */
  readonly context: readonly string[];
  /** Where LocalStack answers, seen from this machine; no trailing slash. */
  readonly endpoint: string;
  /** Whether `endpoint` is not the one that cdklocal uses by itself. */
  readonly otherEndpoint: boolean;
}

const DEFAULT_ENDPOINT = 'http://localhost:4566';

export const USAGE = `Usage: npm run localstack [-- -c KEY=VALUE …]
       npm run localstack -- down

Deploys Frame Flow (stage local) to LocalStack in Docker and starts its containers. Run it again after a change.

  down                  removes everything again: containers, volumes, images, generated files
  -c KEY=VALUE          context for the CDK app, as in docs/deploy.md
  --help                this text

  LOCALSTACK_ENDPOINT   where LocalStack answers (${DEFAULT_ENDPOINT})`;

/** @throws StepError for arguments that are not understood. */
export const readOptions = (args: readonly string[], env: NodeJS.ProcessEnv): Options => {
  const context: string[] = [];
  let command: Options['command'] = 'up';
  const rest = [...args];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === '--help' || argument === '-h') command = 'help';
    else if (argument === 'down' || argument === 'up') command = argument;
    else if (argument === '-c' && rest[0]?.includes('=')) context.push(rest.shift() ?? '');
    else throw new StepError(`${argument} is not understood.\n\n${USAGE}`);
  }
  const endpoint = env.LOCALSTACK_ENDPOINT || DEFAULT_ENDPOINT;
  if (!URL.canParse(endpoint)) throw new StepError(`LOCALSTACK_ENDPOINT=${endpoint} is not a URL.`);
  return {
    command,
    context,
    endpoint: endpoint.replace(/\/$/, ''),
    otherEndpoint: endpoint !== DEFAULT_ENDPOINT,
  };
};
