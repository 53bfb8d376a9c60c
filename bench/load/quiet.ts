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
 * Waits until every video has a final status, no work is unfinished, and the sweepers have removed the leftovers:
 * objects and multipart uploads of replaced runs, and everything of deleted videos. After the deadline it stops
 * waiting, and the audit reports the rest.
 * @param deadline milliseconds since 1970
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

/** Without manifests, every object beside a ready video's ZIP counts as wanted. Only the audit checks the ZIPs. */
const NO_MANIFESTS: ReadonlyMap<string, Manifest> = new Map();

const uncollected = async (system: System, uploads: readonly Upload[]): Promise<string[]> => {
  const stored = await readStored(system);
  const objects = await listObjects(system);
  return [
    ...orphanObjects(objects, { ...stored, manifests: NO_MANIFESTS }),
    ...deletionLeftovers(uploads, stored, { objects, multipart: [] }),
  ];
};
