import { setTimeout as sleep } from 'node:timers/promises';
import type { DevStack } from '../../../local/stack.ts';
import { listMultipartUploads } from '../audit/multipart-uploads.ts';
import type { System } from '../system.ts';
import type { Upload } from '../uploads.ts';
import { familyOf, signalVictim, victimOf } from './processes.ts';
import type { Kill } from './run-faults.ts';

const LOOK_MILLISECONDS = 20;
/** A ZIP that was not begun by then is not waited for any longer, in milliseconds. */
const LOOK_FOR_MILLISECONDS = 60_000;

export interface UploadCuts {
  readonly kills: readonly Kill[];
  /** Kills what extracts this video as soon as it has begun the multipart upload of its ZIP. */
  cutZipOf(upload: Upload): void;
  /** Resolves when no cut is under way any more. */
  stop(): Promise<void>;
}

/** Makes the process context leave multipart uploads behind, as a crash does: begun by it, neither completed nor aborted. */
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
        .catch((error: unknown) => console.error(`The ZIP of ${videoId} was not cut off: ${String(error)}`))
        .finally(() => underWay.delete(work));
      underWay.add(work);
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(underWay);
    },
  };
};

/** Kills every process function at work, or the worker where none is. @returns how many processes were killed */
const killExtractions = (stack: DevStack): number => {
  const worker = stack.process('worker').pid;
  const busy = stack.lambda('ProcessInboxHandler').busyPids;
  const leaders = busy.length > 0 || worker === undefined ? busy : [worker];
  const victims = leaders.flatMap(familyOf).flatMap((pid) => victimOf(pid) ?? []);
  return victims.filter((victim) => signalVictim(victim, 'SIGKILL')).length;
};
