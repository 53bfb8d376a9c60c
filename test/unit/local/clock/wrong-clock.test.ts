import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { setClocks, wrongClock } from '../../../../local/clock/wrong-clock.ts';
import type { StackModel } from '../../../../local/template/model.ts';

const FN = {
  ...{ logicalId: 'Sweep0A1B2C3D', name: 'sweep', arn: 'arn', codeDirectory: '/', handler: 'index.handler' },
  ...{ environment: {}, timeoutSeconds: 1, memoryMb: 128 },
};
const CONTAINER = {
  name: 'worker',
  directory: '.',
  command: ['node'],
  environment: {},
  stopTimeoutSeconds: 1,
};
const MODEL: StackModel = {
  ...{ buckets: [], queues: [], tables: [], eventSources: [], rules: [], triggers: [], outputs: {} },
  ...{ api: undefined, functions: [FN], containers: [CONTAINER] },
};

/** Runs a program in a process with this clock and parses the JSON that it prints. */
const told = (clockOffsetSeconds: number, program: string): unknown => {
  const { args, environment } = wrongClock({ ...FN, clockOffsetSeconds });
  const env = { ...process.env, ...environment };
  const output = execFileSync(process.execPath, [...args, '-e', `console.log(JSON.stringify(${program}))`], {
    env,
  });
  return JSON.parse(output.toString());
};

describe('a process with a wrong clock', () => {
  it.each([600, -600])('is off by %d seconds, and parses given times unchanged', (offset) => {
    const expected = Date.now() + offset * 1000;
    const moments = told(offset, '[Date.now(), new Date().getTime(), Date.parse(Date())]');
    for (const moment of Array.isArray(moments) ? moments : [])
      expect(Math.abs(Number(moment) - expected)).toBeLessThan(60_000);
    expect(moments).toHaveLength(3);
    const known = '2026-01-01T00:00:00.000Z';
    expect(
      told(offset, `[new Date('${known}'), new Date() instanceof Date, Date.parse('${known}')]`),
    ).toEqual([known, true, Date.parse(known)]);
  });
});

describe('setClocks', () => {
  it('sets the clocks of the named functions and containers', () => {
    const { functions, containers } = setClocks(MODEL, { Sweep: 600, worker: -600 });
    expect([functions[0]?.clockOffsetSeconds, containers[0]?.clockOffsetSeconds]).toEqual([600, -600]);
  });

  it('refuses an unknown name', () => {
    expect(() => setClocks(MODEL, { Sleep: 600 })).toThrow('Sleep');
  });
});
