import { setTimeout as sleep } from 'node:timers/promises';
import type { DevStack } from '../../../local/stack.ts';
import { listMultipartUploads } from '../audit/multipart-uploads.ts';
import type { System } from '../system.ts';
import type { Upload } from '../uploads.ts';
import { familyOf, signalVictim, victimOf } from './processes.ts';
import type { Kill } from './run-faults.ts';

const LOOK_MILLISECONDS = 20;
/** Time to wait for the multipart upload of a ZIP to begin, in milliseconds. */
const LOOK_FOR_MILLISECONDS = 60_000;

export interface UploadCuts {
  readonly kills: readonly Kill[];
  /** Kills the process that extracts this video as soon as the multipart upload of its ZIP has begun. */
  cutZipOf(upload: Upload): void;
  /** Resolves when no interruption is in progress. */
  stop(): Promise<void>;
}

/**
 * Makes the process context leave multipart uploads behind, as a crash does: they are neither completed nor aborted.
 */
export const startUploadCuts = (system: System): UploadCuts => {
  const stopping = new AbortController();
  const kills: Kill[] = [];
  const underWay = new Set<Promise<void>>();
  const cut = async (videoId: string): Promise<void> => {
    const deadline = Date.now() + LOOK_FOR_MILLISECONDS;
    while (!stopping.signal.aborted && Date.now() < deadline) {
      const uploads = await listMultipartUploads(system);
      if (uploads.some(({ key }) => key.includes(`/${videoId}/`) && key.endsWith('.zip'))) {
        if (killExtractions(system.stack) === 0) return;
        const at = Date.now();
        kills.push({ at, untilAt: at, target: 'lambda', signal: 'SIGKILL', what: `the ZIP of ${videoId}` });
        return;
      }
      await sleep(LOOK_MILLISECONDS);
    }
  };
  return {
    kills,
    cutZipOf: ({ videoId, cutsZip }) => {
      if (videoId === undefined || cutsZip !== true) return;
      const work: Promise<void> = cut(videoId)
        .catch((error: unknown) =>
          console.error(`The ZIP of ${videoId} was not interrupted: ${String(error)}`),
        )
        .finally(() => underWay.delete(work));
      underWay.add(work);
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(underWay);
    },
  };
};

/**
 * Kills every busy process function, or the worker if no function is busy.
 * @returns the number of killed processes
 */
const killExtractions = (stack: DevStack): number => {
  const worker = stack.process('worker').pid;
  const busy = stack.lambda('ProcessInboxHandler').busyPids;
  const leaders = busy.length > 0 || worker === undefined ? busy : [worker];
  const victims = leaders.flatMap(familyOf).flatMap((pid) => victimOf(pid) ?? []);
  return victims.filter((victim) => signalVictim(victim, 'SIGKILL')).length;
};
