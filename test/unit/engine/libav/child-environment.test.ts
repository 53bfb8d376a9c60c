import { describe, expect, it } from 'vitest';
import { childEnvironment } from '../../../../engine/libav/start-child.ts';

/** Variables that Lambda sets in a function's process, with some secret ones. */
const LAMBDA = {
  PATH: '/var/lang/bin',
  LD_LIBRARY_PATH: '/var/lang/lib:/lib64',
  NODE_OPTIONS: '--expose-gc',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
  DATABASE_PASSWORD: 'secret',
};

describe('the environment of the extractor’s child', () => {
  it('is the memory settings, the path of libav and the path of Lambda’s shared libraries', () => {
    expect(childEnvironment('/opt/libav', LAMBDA)).toEqual({
      MALLOC_ARENA_MAX: '1',
      MALLOC_MMAP_THRESHOLD_: '131072',
      NODE_PATH: '/opt/libav',
      LD_LIBRARY_PATH: '/var/lang/lib:/lib64',
    });
  });

  it('leaves out variables that are not set', () => {
    expect(Object.keys(childEnvironment(undefined, {}))).toEqual([
      'MALLOC_ARENA_MAX',
      'MALLOC_MMAP_THRESHOLD_',
    ]);
  });
});
