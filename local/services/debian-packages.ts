/**
 * Unpacks packages of Debian or Ubuntu into a folder, to run their programs from there. The system does not change, and
 * write access to that folder is the only right needed: apt keeps its lists and caches there, its hooks are disabled,
 * and `dpkg-deb -x` only unpacks.
 */
import { execFile } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../errors.ts';
import { neededPackages } from './package-dependencies.ts';

const run = promisify(execFile);

/** Connection timeout: long enough for a slow mirror. An unreachable mirror is tried twice. */
const CONNECTION_TIMEOUT_SECONDS = 15;
/** Maximum output of a program. The list of a package's recursive dependencies has some hundred kilobytes. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Disables the hooks of the system's apt, which clean its cache, notify its daemons and refresh its catalogues. */
const WITHOUT_HOOKS = `#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
`;

export interface Unpacking {
  /** An empty folder. It also receives lists and archives; the caller removes it. */
  readonly workspace: string;
  /** Contains the PATH on which the programs are looked up. */
  readonly env: NodeJS.ProcessEnv;
  /** Receives the output of every program. */
  record(text: string): void;
}

/**
 * Unpacks the first of these packages that the distribution offers, and the libraries that it needs.
 * @returns the folder of the unpacked files, inside the workspace
 * @throws Error with the reason: unknown packages, no network, or a failed program
 */
export const unpackPackage = async (names: readonly string[], unpacking: Unpacking): Promise<string> => {
  const { workspace } = unpacking;
  const [archives, root] = [join(workspace, 'archives'), join(workspace, 'root')];
  for (const folder of [archives, root]) await mkdir(folder);
  const apt = await configureApt(unpacking);

  // A failed package source, for example a third party's, is ignored: the search for the package decides.
  await apt('apt-get', ['update', '-q']).catch(() => {});
  const packages = await resolveFirst(names, apt);
  await apt('apt-get', ['download', '-q', ...packages], archives);
  for (const archive of await readdir(archives)) {
    await execute(unpacking, 'dpkg-deb', ['-x', join(archives, archive), root], archives);
  }
  // Documentation, a third of the size.
  await rm(join(root, 'usr', 'share'), { recursive: true, force: true });
  return root;
};

/** The folders below `root` that hold shared libraries, as `LD_LIBRARY_PATH` names them. */
export const libraryPathOf = async (root: string): Promise<string> => {
  const entries = await readdir(root, { recursive: true });
  const libraries = entries.filter((entry) => /\.so(\.|$)/.test(entry));
  return [...new Set(libraries.map((entry) => join(root, dirname(entry))))].join(':');
};

type Apt = (program: 'apt-get' | 'apt-cache', args: readonly string[], cwd?: string) => Promise<string>;

/**
 * Configures apt with its state and caches in the workspace. It reads the system's sources and keys, and writes only to
 * the workspace.
 */
const configureApt = async (unpacking: Unpacking): Promise<Apt> => {
  const { workspace } = unpacking;
  const configuration = join(workspace, 'apt.conf');
  await writeFile(configuration, WITHOUT_HOOKS);
  await mkdir(join(workspace, 'lists', 'partial'), { recursive: true });
  await mkdir(join(workspace, 'cache', 'archives', 'partial'), { recursive: true });
  const settings = {
    'Dir::State': join(workspace, 'state'),
    'Dir::State::lists': join(workspace, 'lists'),
    'Dir::Cache': join(workspace, 'cache'),
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::Retries': '1',
    'Acquire::http::Timeout': String(CONNECTION_TIMEOUT_SECONDS),
    'Acquire::https::Timeout': String(CONNECTION_TIMEOUT_SECONDS),
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return (program, args, cwd = workspace) =>
    execute(unpacking, program, ['-c', configuration, ...options, ...args], cwd);
};

const resolveFirst = async (names: readonly string[], apt: Apt): Promise<string[]> => {
  for (const name of names) {
    const text = await apt('apt-cache', ['--important', 'depends', '--recurse', name]).catch(() => '');
    const packages = neededPackages(text, name);
    if (packages.length > 0) return packages;
  }
  throw new Error(`apt-get found no package ${names.join(' or ')}; is this machine offline?`);
};

const execute = async (
  { env, record }: Unpacking,
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<string> => {
  record(`$ ${program} ${args.join(' ')}\n`);
  try {
    const { stdout, stderr } = await run(program, args, {
      cwd,
      env: { ...env, LC_ALL: 'C' },
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    record(stdout + stderr);
    return stdout;
  } catch (error) {
    record(`${messageOf(error)}\n`);
    throw new Error(`${program} failed; is this machine offline?`, { cause: error });
  }
};
