import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DevStackError } from '../../../../local/errors.ts';
import { silentLog } from '../../../../local/log.ts';
import { provideRedisServer, type RedisServer } from '../../../../local/services/redis-server.ts';
import { FakeApt } from '../../../support/fake-apt.ts';

const LONG_AGO = new Date('2001-01-01');

let machine: FakeApt;
let recorded: string;

beforeEach(() => {
  machine = new FakeApt();
  recorded = '';
});

afterEach(() => machine.remove());

const provide = (variables: NodeJS.ProcessEnv = {}): Promise<RedisServer> =>
  provideRedisServer({
    env: machine.environment(variables),
    cacheDirectory: machine.cacheDirectory,
    log: silentLog,
    record: (text) => {
      recorded += text;
    },
  });

const refusalOf = async (attempt: Promise<unknown>): Promise<string> => {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DevStackError)) throw new Error('no DevStackError', { cause: error });
  expect(error.code).toBe('REDIS_MISSING');
  return error.message;
};

/** The entries of the cache folder. */
const cacheEntries = (): string[] =>
  existsSync(machine.cacheDirectory) ? readdirSync(machine.cacheDirectory) : [];

const unpackedPackages = (): string[] =>
  machine.calls.filter((call) => call.startsWith('unpacked ')).map((call) => call.slice('unpacked '.length));

describe('A Redis server on PATH', () => {
  it.each(['redis-server', 'valkey-server'])('is used, and nothing is downloaded: %s', async (name) => {
    const program = machine.addProgram(name);
    expect(await provide()).toEqual({ program, env: {} });
    expect(machine.calls).toEqual([]);
    expect(cacheEntries()).toEqual([]);
  });

  it('is Redis if Valkey is there too', async () => {
    machine.addProgram('valkey-server');
    const program = machine.addProgram('redis-server');
    expect((await provide()).program).toBe(program);
  });
});

describe('Without a Redis server on PATH', () => {
  it("the distribution's package and its libraries are unpacked into the cache", async () => {
    const { program, env } = await provide();
    expect(cacheEntries()).toEqual([expect.stringMatching(/^redis-[\w.-]+$/)]);
    const root = join(machine.cacheDirectory, String(cacheEntries()[0]));
    expect(program).toBe(join(root, 'usr', 'bin', 'redis-server'));
    expect(env).toEqual({ LD_LIBRARY_PATH: join(root, 'usr', 'lib', 'triplet') });
    expect(unpackedPackages().toSorted()).toEqual(['liblzf1', 'redis-server', 'redis-tools']);
    expect(existsSync(join(root, 'usr', 'share'))).toBe(false);
  });

  it('the next start uses the server in the cache', async () => {
    const first = await provide();
    const calls = machine.calls.length;
    expect(await provide()).toEqual(first);
    expect(machine.calls).toHaveLength(calls);
  });

  it('apt keeps its state in the cache and runs none of the system’s hooks', async () => {
    await provide();
    const calls = machine.calls.filter((call) => call.startsWith('apt-get '));
    expect(calls).toHaveLength(2);
    for (const call of calls) {
      for (const folder of ['Dir::State', 'Dir::State::lists', 'Dir::Cache']) {
        expect(call).toContain(`-o ${folder}=${machine.cacheDirectory}/`);
      }
    }
    for (const hook of ['Pre-Invoke', 'Post-Invoke', 'Post-Invoke-Success']) {
      expect(machine.calls).toContain(`#clear APT::Update::${hook};`);
    }
  });

  it('Valkey is unpacked when the distribution has no Redis', async () => {
    const { program } = await provide({ FAKE_PACKAGES: 'valkey-server' });
    expect(program).toMatch(/usr\/bin\/valkey-server$/);
    expect(unpackedPackages()).toContain('valkey-tools');
  });

  it('a failing package source is ignored as long as apt knows the package', async () => {
    expect((await provide({ FAKE_UPDATE_CODE: '100' })).program).toMatch(/redis-server$/);
    expect(recorded).toContain('apt-get');
  });

  it('two starts at once end with one server', async () => {
    const [first, second] = await Promise.all([provide(), provide()]);
    expect(second).toEqual(first);
    expect(cacheEntries()).toHaveLength(1);
  });

  it('an unpacked server that no longer runs is replaced', async () => {
    const { program } = await provide();
    writeFileSync(program, '#!/bin/sh\nexit 127\n');
    const calls = machine.calls.length;
    expect((await provide()).program).toBe(program);
    expect(machine.calls.length).toBeGreaterThan(calls);
    expect(cacheEntries()).toHaveLength(1);
  });
});

describe('A download that fails', () => {
  it.each([
    [
      'an offline machine',
      { FAKE_PACKAGES: '' },
      /apt-get found no package redis-server or valkey-server; is this machine offline\?/,
    ],
    ['a cut download', { FAKE_MISSING_ARCHIVE: 'liblzf1' }, /apt-get failed; is this machine offline\?/],
    ['a broken archive', { FAKE_BROKEN_ARCHIVE: 'redis-server' }, /dpkg-deb failed/],
  ])(
    'leaves no files behind and is reported in one sentence with the command to type: %s',
    async (_case, variables, reason) => {
      const message = await refusalOf(provide(variables));
      expect(message).toMatch(reason);
      expect(message).toContain('sudo apt-get install redis-server');
      expect(message).toContain('REDIS_URL');
      expect(cacheEntries()).toEqual([]);
    },
  );

  it('is not remembered: the next start tries again', async () => {
    await refusalOf(provide({ FAKE_PACKAGES: '' }));
    expect((await provide()).program).toMatch(/redis-server$/);
  });

  it('is reported when the unpacked server does not run', async () => {
    machine.addProgram('dpkg-deb', '#!/bin/sh\nmkdir -p "$3/usr/bin"\n');
    expect(await refusalOf(provide())).toContain("the distribution's package does not run here");
    expect(cacheEntries()).toEqual([]);
  });

  it('leaves a workspace behind only if it is killed, and a later start removes the workspace', async () => {
    const [abandoned, inUse] = ['unpacking-old', 'unpacking-new'].map((name) =>
      join(machine.cacheDirectory, name),
    );
    if (abandoned === undefined || inUse === undefined) throw new Error('two folders');
    for (const folder of [abandoned, inUse]) mkdirSync(folder, { recursive: true });
    utimesSync(abandoned, LONG_AGO, LONG_AGO);
    await provide();
    expect(existsSync(abandoned)).toBe(false);
    expect(existsSync(inUse)).toBe(true);
  });
});

describe('Without a package to unpack', () => {
  it.each([
    ['apk', 'sudo apk add redis'],
    ['dnf', 'sudo dnf install valkey'],
    ['brew', 'brew install redis'],
  ])('the error names the command of the package manager, which is not run: %s', async (manager, command) => {
    machine.removeProgram('apt-get');
    machine.addProgram(manager, '#!/bin/sh\necho called >> "$FAKE_LOG"\n');
    expect(await refusalOf(provide())).toContain(`Please run: ${command}, or set REDIS_URL`);
    expect(machine.calls).toEqual([]);
  });

  it('the error names Redis and Valkey when no package manager is known', async () => {
    machine.removeProgram('apt-get');
    expect(await refusalOf(provide())).toContain('Please install Redis or Valkey, or set REDIS_URL');
  });
});
