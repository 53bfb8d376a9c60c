import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../../cli/durations.ts';
import { EXIT_CODES, joinOutcomes } from '../../../cli/exit-codes.ts';
import { describeProgress } from '../../../cli/output/bars.ts';
import { printable } from '../../../cli/output/printable.ts';
import { table } from '../../../cli/output/table.ts';
import { formatBytes, formatDuration } from '../../../cli/output/units.ts';

describe('A duration', () => {
  it.each([
    ['10s', 10],
    ['500ms', 0.5],
    ['1m30s', 90],
    ['1h', 3600],
    ['2.5', 2.5],
    ['1m', 60],
    ['1s500ms', 1.5],
    ['0.1', 0.1],
  ])('%s is %d seconds', (text, seconds) => expect(parseDuration(text)).toBe(seconds));

  it.each(['', 's', '10 s', '-1s', '1s1m', 'ten', '1e3', '1..2s', 'NaN', '1ms1s'])('%j is none', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );
});

describe('Text for a terminal', () => {
  it('shows what would change the terminal, and means the same inside JSON', () => {
    expect(printable('a\u001b[31mb\u009b\u202e\nc')).toBe(String.raw`a\u001b[31mb\u009b\u202e\u000ac`);
    expect(JSON.parse(printable(JSON.stringify('é\u009b\u202e\u001b"')))).toBe('é\u009b\u202e\u001b"');
  });

  it('tells sizes and times in a few figures', () => {
    expect([0, 999, 1000, 2_811_553, 104_857_600, 1e13].map(formatBytes)).toEqual([
      ...['0 B', '999 B', '1.0 kB', '2.8 MB', '105 MB', '10.0 TB'],
    ]);
    expect([0, 7, 754, 3723].map(formatDuration)).toEqual(['0:00', '0:07', '12:34', '1:02:03']);
  });

  it('stands in columns', () => {
    expect(
      table([
        ['a', 'bb', 'c'],
        ['aaa', 'b', ''],
      ]),
    ).toEqual(['a    bb  c', 'aaa  b']);
  });

  it('tells a task’s progress in one line, however narrow the terminal is', () => {
    const progress = { unit: 'bytes', done: 50_000_000, total: 100_000_000, step: 'uploading' } as const;
    expect(describeProgress('a\nb.mp4', progress, 10, 120)).toBe(
      String.raw`a\u000ab.mp4  uploading  ██████████░░░░░░░░░░   50 %  5.0 MB/s  0:10 left`,
    );
    expect(describeProgress('a.mp4', progress, 10, 20)).toHaveLength(19);
    expect(describeProgress('a.mp4', { ...progress, done: 0, total: 0 }, 0, 80)).toBe('a.mp4  uploading');
  });
});

describe('The outcome of several', () => {
  it.each([
    [[], 'done'],
    [['done', 'done'], 'done'],
    [['done', 'refused'], 'refused'],
    [['refused', 'refused'], 'refused'],
    [['failed', 'refused'], 'failed'],
    [['unreachable', 'notLoggedIn'], 'failed'],
    [['failed', 'interrupted'], 'interrupted'],
  ] as const)('%j is %s', (outcomes, joined) => expect(joinOutcomes(outcomes)).toBe(joined));

  it('has the documented code', () => {
    expect(Object.values(EXIT_CODES).map(({ code }) => code)).toEqual([0, 1, 2, 3, 4, 5, 130]);
  });
});
