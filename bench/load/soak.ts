import { setTimeout as sleep } from 'node:timers/promises';
import type { DevStack } from '../../local/stack.ts';
import { connectionProblems, type RoleConnections, watchConnections } from './connection-watch.ts';
import { GROWTH_RULE, growthOf } from './growth.ts';
import type { LoadOptions } from './options.ts';
import { planUploads } from './plan.ts';
import { EXTRACTOR_KIND, lookAtProcesses, type ProcessWatch, watchProcesses } from './process-watch.ts';
import { dueAfterMilliseconds, type Rhythm, uploadsWithin } from './rhythm.ts';
import { type LoadRun, runLoad, type UploadRunner } from './run.ts';
import { withSystem } from './system.ts';
import { LOAD_TIMING } from './timing.ts';
import { carryOut, type Upload } from './uploads.ts';

/** Minutes of uploads before the memory is compared: a process still grows in its first minute. */
const WARM_UP_MINUTES = 1;

/** The additional results of a soak. */
export interface Soak {
  readonly run: LoadRun;
  readonly broken: readonly string[];
  /** By kind of process. */
  readonly memory: Readonly<Record<string, MemoryLine>>;
  readonly extractors: { readonly mostAtOnce: number; readonly leftOver: number };
  readonly connections: readonly RoleConnections[];
  /** Invocations of a sandbox that had been frozen for more than a minute. */
  readonly longThaws: number;
}

interface MemoryLine {
  readonly mostProcesses: number;
  readonly firstTenth: number | string;
  readonly lastTenth: number | string;
  readonly flat: boolean | string;
}

/** Uploads videos at a steady rate for minutes and watches processes and connections. */
export const runSoak = (options: LoadOptions): Promise<Soak> =>
  withSystem(
    { timing: LOAD_TIMING },
    () => options.keep,
    async (system) => {
      const { soakMinutes, idleSeconds } = options;
      let watch: ProcessWatch | undefined;
      const upload = steadily(options);
      const connectionWatch = await watchConnections(system);
      const run = await runLoad(system, {
        ...options,
        plan: planUploads(uploadsWithin((soakMinutes + WARM_UP_MINUTES) * 60, options), options.seed),
        upload: async (...terms) => {
          watch = watchProcesses(system.stack);
          try {
            return await upload(...terms);
          } finally {
            await watch.stop();
          }
        },
      }).finally(() => connectionWatch.stop());
      const samples = watch?.samples ?? new Map();
      const leftOver = lookAtProcesses(system.stack).get(EXTRACTOR_KIND)?.length ?? 0;
      const memory = memoryOf(samples, soakMinutes);
      const connections = await connectionWatch.stop();
      const longThaws = countLongThaws(system.stack);
      return {
        run,
        memory,
        connections,
        longThaws,
        extractors: { mostAtOnce: mostOf(samples.get(EXTRACTOR_KIND) ?? []), leftOver },
        broken: [
          ...connectionProblems(connections),
          ...(idleSeconds > 60 && longThaws === 0 ? ['no function was frozen for more than a minute'] : []),
          ...Object.entries(memory).flatMap(([kind, { flat, firstTenth, lastTenth }]) =>
            flat === false ? [`the memory of ${kind} grew from ${firstTenth} to ${lastTenth} MiB`] : [],
          ),
          ...(leftOver > 0 ? [`${leftOver} extractors were left over`] : []),
        ],
      };
    },
  );

/** Starts uploads at a steady rate, without waiting for earlier videos. */
const steadily =
  (rhythm: Rhythm): UploadRunner =>
  async (users, plan, terms) => {
    const startedAt = Date.now();
    const uploads: Upload[] = [];
    const underWay: Promise<void>[] = [];
    for (const [number, planned] of plan.entries()) {
      await sleep(Math.max(0, startedAt + dueAfterMilliseconds(number, rhythm) - Date.now()));
      const user = users[number % users.length];
      if (user === undefined) throw new Error('there are no users');
      const upload: Upload = { ...planned, user };
      uploads.push(upload);
      underWay.push(carryOut(upload, terms));
    }
    await Promise.all(underWay);
    return uploads;
  };

const memoryOf = (samples: ProcessWatch['samples'], minutes: number): Record<string, MemoryLine> =>
  Object.fromEntries(
    [...samples]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([kind, ofKind]) => {
        const growth = growthOf(ofKind, WARM_UP_MINUTES * 60, (WARM_UP_MINUTES + minutes) * 60);
        const line: MemoryLine = {
          mostProcesses: mostOf(ofKind),
          firstTenth: growth === undefined ? 'not there' : Math.round(growth.firstTenth),
          lastTenth: growth === undefined ? 'not there' : Math.round(growth.lastTenth),
          flat: growth === undefined ? 'unknown' : growth.isFlat,
        };
        return [kind, line];
      }),
  );

const mostOf = (samples: readonly { readonly processes: number }[]): number =>
  Math.max(0, ...samples.map(({ processes }) => processes));

const countLongThaws = ({ model, lambda }: DevStack): number =>
  model.functions.reduce((sum, { logicalId }) => sum + lambda(logicalId).longThaws, 0);

export const printSoak = ({ memory, extractors, connections, longThaws }: Soak): void => {
  console.log(
    `Memory of the largest process of each kind, in MiB (resident, without shared memory).\n${GROWTH_RULE}`,
  );
  console.table(memory);
  console.log(`Extractors at once: at most ${extractors.mostAtOnce}; left over: ${extractors.leftOver}`);
  console.log('Connections to PostgreSQL: the maximum per role');
  console.table(connections);
  console.log(`Invocations after a freeze of more than a minute: ${longThaws}`);
};
