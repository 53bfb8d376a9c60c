import { createHash } from 'node:crypto';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { REPOSITORY_ROOT } from '../../lib/paths.ts';
import { LOOPBACK, REGION } from '../../local/constants.ts';
import { freePort } from '../../local/ports.ts';
import { ManagedProcess, type ProcessServices } from '../../local/processes/managed-process.ts';
import { preparePythonTools } from './python-tools.ts';
import { makeThrowawayCa, type ThrowawayCa } from './throwaway-ca.ts';
import { trustAuthority } from './trust.ts';

/** MiniStack treats this key as the account's root user and does not verify its signatures. */
const ROOT_KEY = 'test';

export interface MiniStackOptions extends ProcessServices {
  /** The folder for certificates and the log. */
  readonly directory: string;
  /** @default any free port */
  readonly port?: number;
  /** HTTP instead of HTTPS. @default true */
  readonly tls?: boolean;
}

/** A running MiniStack, and how to reach it. */
export interface MiniStack {
  /** The endpoint of every service, with an IP address, so that S3 requests are path-style. */
  readonly endpoint: string;
  readonly region: string;
  /** The authority that signed its certificate; undefined without TLS. */
  readonly caFile: string | undefined;
  /** The credentials of the account's root user. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The variables with which the AWS SDK reaches it: endpoint, region and authority, without credentials. */
  readonly reachEnvironment: Readonly<Record<string, string>>;
  /** The same variables with the root user's credentials. */
  readonly rootEnvironment: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Stops it and its running functions; never rejects. */
  stop(): Promise<void>;
}

/**
 * Starts an empty MiniStack on 127.0.0.1 with enforced IAM. README.md in this folder lists its differences from AWS.
 * @throws EmulatorError | DevStackError SERVICE_FAILED
 */
export const startMiniStack = async (options: MiniStackOptions): Promise<MiniStack> => {
  const { directory, tls = true } = options;
  const [tools, temporary, ca, port] = await Promise.all([
    preparePythonTools(),
    temporaryDirectory(directory),
    tls ? makeThrowawayCa(join(directory, 'tls')) : undefined,
    options.port ?? freePort(),
  ]);
  if (ca) await trustAuthority(ca.caFile);
  const endpoint = `${tls ? 'https' : 'http'}://${LOOPBACK}:${port}`;
  const logFile = join(directory, 'ministack.log');
  const server = new ManagedProcess(
    {
      name: 'ministack',
      command: tools.python,
      args: ['-m', 'ministack'],
      cwd: directory,
      env: serverEnvironment(port, temporary, ca),
      logFile,
      stopTimeoutMilliseconds: 10_000,
      isReady: async () => (await fetch(`${endpoint}/_ministack/ready`)).ok,
    },
    options,
  );
  await server.start();
  const credentials = { accessKeyId: ROOT_KEY, secretAccessKey: ROOT_KEY };
  const reachEnvironment = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    ...(ca && { NODE_EXTRA_CA_CERTS: ca.caFile, AWS_CA_BUNDLE: ca.caFile }),
  };
  return {
    endpoint,
    region: REGION,
    caFile: ca?.caFile,
    credentials,
    reachEnvironment,
    rootEnvironment: {
      ...reachEnvironment,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    logFile,
    stop: async () => {
      await server.stop();
      await rm(temporary, { recursive: true, force: true }).catch(() => {});
    },
  };
};

/**
 * Functions inherit this environment, so it holds no variable that they could read instead of their own. They use the
 * `node` of this process, which has Lambda's version.
 */
const serverEnvironment = (
  port: number,
  temporary: string,
  ca: ThrowawayCa | undefined,
): Record<string, string> => ({
  PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
  LANG: 'C.UTF-8',
  TZ: 'UTC',
  TMPDIR: temporary,
  GATEWAY_PORT: String(port),
  BIND_HOST: LOOPBACK,
  MINISTACK_HOST: LOOPBACK,
  AUTH: 'true',
  ...(ca && {
    USE_SSL: '1',
    MINISTACK_SSL_CERT: ca.certificateFile,
    MINISTACK_SSL_KEY: ca.keyFile,
    NODE_EXTRA_CA_CERTS: ca.caFile,
  }),
});

/**
 * The only package that a function needs from Lambda's runtime: CDK's own function, which invokes triggers, is not
 * bundled.
 */
const RUNTIME_PACKAGE = '@aws-sdk/client-lambda';

/**
 * The folder for the functions' code. It lies outside the repository, so that a package that a bundle lacks is missing
 * here, too. Its name is the same in each run, so that the next run removes the leftovers of a killed one.
 */
const temporaryDirectory = async (directory: string): Promise<string> => {
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  const temporary = join(tmpdir(), `frame-flow-ministack-${name}`);
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { mode: 0o700 });
  const link = join(temporary, 'node_modules', RUNTIME_PACKAGE);
  await mkdir(dirname(link), { recursive: true });
  await symlink(join(REPOSITORY_ROOT, 'node_modules', RUNTIME_PACKAGE), link);
  return temporary;
};
