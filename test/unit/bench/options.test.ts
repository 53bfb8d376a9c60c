import { describe, expect, it } from 'vitest';
import { readOptions, USAGE } from '../../../bench/load/options.ts';

describe('the command line of the load run', () => {
  it('kills by default and injects no duplicates, because duplicates would hide lost events', () => {
    expect(readOptions([])).toMatchObject({ kills: true, duplicates: false, sweepers: true, uploads: 200 });
    expect(readOptions(['--duplicates'])).toMatchObject({ kills: true, duplicates: true });
  });

  it.each([
    ['--soak', '2'],
    ['--backlog', '90'],
    ['--relay-gap', '5'],
  ])('kills nothing with %s', (...args) => {
    expect(readOptions(args).kills).toBe(false);
  });

  it('refuses unknown options and values', () => {
    expect(() => readOptions(['--sok', '2'])).toThrow();
    expect(() => readOptions(['--backlog', 'many'])).toThrow();
  });

  it('names every option in its usage', () => {
    for (const option of [
      'duplicates',
      'soak',
      'rate',
      'idle',
      'backlog',
      'deadline',
      'no-kills',
      'json',
      'keep',
    ]) {
      expect(USAGE).toContain(`--${option}`);
    }
  });
});
