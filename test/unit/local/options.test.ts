import { describe, expect, test } from 'vitest';
import { readCommandLine } from '../../../local/options.ts';

const read = (args: string[] = [], env: NodeJS.ProcessEnv = {}) => readCommandLine(args, env, '/project');

describe('the command line', () => {
  test('has defaults for everything', () => {
    expect(read()).toEqual({
      port: 3000,
      storagePort: 3001,
      fresh: false,
      freeze: true,
      stateDir: '/project/.local',
      redisUrl: undefined,
      help: false,
    });
  });

  test('moves both ports with PORT', () => {
    expect(read([], { PORT: '4000' })).toMatchObject({ port: 4000, storagePort: 4001 });
    expect(read([], { PORT: '65535' })).toMatchObject({ port: 65_535, storagePort: 65_534 });
    expect(
      read(['--fresh'], { PORT: '', STORAGE_PORT: '9', REDIS_URL: 'redis://x', STATE_DIR: 's' }),
    ).toEqual({
      port: 3000,
      storagePort: 9,
      fresh: true,
      freeze: true,
      stateDir: '/project/s',
      redisUrl: 'redis://x',
      help: false,
    });
  });

  test('does not freeze functions between invocations with --no-freeze', () => {
    expect(read(['--no-freeze'])).toMatchObject({ freeze: false, fresh: false });
  });

  test.each<[string[], NodeJS.ProcessEnv, RegExp]>([
    [['--frehs'], {}, /Unknown option --frehs/],
    [[], { PORT: 'abc' }, /PORT=abc is not a port/],
    [[], { PORT: '70000' }, /PORT=70000 is not a port/],
    [[], { PORT: '3001', STORAGE_PORT: '3001' }, /must differ/],
  ])('%j %j is refused with a sentence', (args, env, message) => {
    expect(() => read(args, env)).toThrow(message);
  });
});
