import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifest } from '../../functions/contracts/manifest.ts';
import { deletionLeftovers } from './audit/deletion-leftovers.ts';
import { listMultipartUploads } from './audit/multipart-uploads.ts';
import { listObjects, orphanObjects } from './audit/orphan-objects.ts';
import { readStored, readVideos } from './audit/rows.ts';
import { unfinished } from './audit/unfinished.ts';
import type { System } from './system.ts';
import { isOver } from './terminal.ts';
import type { Upload } from './uploads.ts';

const LOOK_MILLISECONDS = 500;

/**
 * Waits for the end of every video, of everything that can still write, and of what is collected some time later: objects
 * and multipart uploads of runs that lost, and all that a deletion removes. Waits no longer than until the deadline: the
 * audit finds what is left then. @param deadline milliseconds since 1970
 */
export const untilQuiet = async (
  system: System,
  uploads: readonly Upload[],
  deadline: number,
): Promise<void> => {
  const ids = uploads.flatMap(({ videoId, deletedAt }) => (deletedAt === undefined ? (videoId ?? []) : []));
  const isQuiet = [
    async () => {
      const statusOf = new Map((await readVideos(system)).map(({ id, status }) => [id, status]));
      return ids.every((id) => isOver(statusOf.get(id)));
    },
    async () => (await unfinished(system)).length === 0,
    async () => (await listMultipartUploads(system)).length === 0,
    async () => (await uncollected(system, uploads)).length === 0,
  ];
  for (const look of isQuiet) {
    while (!(await look()) && Date.now() < deadline) await sleep(LOOK_MILLISECONDS);
  }
};

/** The ZIPs are left to the audit: whatever is beside the ZIP of a ready video counts as wanted here. */
const NO_MANIFESTS: ReadonlyMap<string, Manifest> = new Map();

const uncollected = async (system: System, uploads: readonly Upload[]): Promise<string[]> => {
  const stored = await readStored(system);
  const objects = await listObjects(system);
  return [
    ...orphanObjects(objects, { ...stored, manifests: NO_MANIFESTS }),
    ...deletionLeftovers(uploads, stored, { objects, multipart: [] }),
  ];
};
