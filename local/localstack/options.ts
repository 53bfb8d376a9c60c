import { StepError } from './errors.ts';

/** Options from the command line and the environment. */
export interface Options {
  readonly command: 'up' | 'down' | 'help';
  /** Further `-c` arguments for the synthesis, as `key=value`. */
  readonly context: readonly string[];
  /** LocalStack's URL on this machine, without a trailing slash. */
  readonly endpoint: string;
  /** Whether `endpoint` differs from cdklocal's default. */
  readonly otherEndpoint: boolean;
}

const DEFAULT_ENDPOINT = 'http://localhost:4566';

export const USAGE = `Usage: npm run localstack [-- -c KEY=VALUE …]
       npm run localstack -- down

Deploys Frame Flow (stage local) to LocalStack in Docker and starts its containers. Run it again after a change.

  down                  removes everything: containers, volumes, images, generated files
  -c KEY=VALUE          context for the CDK app, as in docs/deploy.md
  --help                this text

  LOCALSTACK_ENDPOINT   LocalStack's URL (${DEFAULT_ENDPOINT})`;

/** @throws StepError for unknown arguments */
export const readOptions = (args: readonly string[], env: NodeJS.ProcessEnv): Options => {
  const context: string[] = [];
  let command: Options['command'] = 'up';
  const rest = [...args];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    if (argument === '--help' || argument === '-h') command = 'help';
    else if (argument === 'down' || argument === 'up') command = argument;
    else if (argument === '-c' && rest[0]?.includes('=')) context.push(rest.shift() ?? '');
    else throw new StepError(`Unknown argument ${argument}.\n\n${USAGE}`);
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
