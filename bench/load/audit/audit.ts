import type { System } from '../system.ts';
import { isOver } from '../terminal.ts';
import type { Upload } from '../uploads.ts';
import { type Archives, checkArchives } from './archives.ts';
import { contradictions } from './contradictions.ts';
import { deletionLeftovers } from './deletion-leftovers.ts';
import { duplicateEffects } from './duplicate-effects.ts';
import { listMultipartUploads } from './multipart-uploads.ts';
import { listObjects, orphanObjects } from './orphan-objects.ts';
import { readStored, type Stored } from './rows.ts';
import { unfinished } from './unfinished.ts';

/** The findings of an audit. Each list has one line per finding and should be empty. */
export interface Audit {
  readonly stored: Stored;
  readonly accepted: number;
  readonly deleted: number;
  readonly terminal: number;
  /** Accepted uploads that are neither in a final status nor deleted, or that are in no store. */
  readonly lost: readonly string[];
  /** Number of lost videos whose source was uploaded. */
  readonly lostSources: number;
  readonly duplicates: readonly string[];
  readonly orphans: readonly string[];
  readonly brokenZips: readonly string[];
  readonly contradictions: readonly string[];
  readonly deletionLeftovers: readonly string[];
  readonly multipartLeftovers: readonly string[];
  readonly unfinished: readonly string[];
}

/**
 * Audits all stores after the run. A video is accepted once its creation was answered with 201, whether or not its
 * source was uploaded.
 */
export const audit = async (system: System, uploads: readonly Upload[]): Promise<Audit> => {
  const stored = await readStored(system);
  const statusOf = new Map(stored.videos.map(({ id, status }) => [id, status]));
  const accepted = uploads.filter(({ videoId }) => videoId !== undefined);
  const kept = accepted.filter(({ deletedAt }) => deletedAt === undefined);
  const lost = kept.filter(({ videoId = '' }) => !isOver(statusOf.get(videoId)));
  const archives = await checkArchives(kept.filter(({ videoId = '' }) => statusOf.get(videoId) === 'READY'));
  return {
    stored,
    accepted: accepted.length,
    deleted: accepted.length - kept.length,
    terminal: kept.length - lost.length,
    lost: lost.map(
      ({ videoId = '', kind, clip }) =>
        `${videoId} (${kind}, ${clip}) is ${statusOf.get(videoId) ?? 'unknown'}`,
    ),
    lostSources: lost.filter(({ uploadedAt }) => uploadedAt !== undefined).length,
    duplicates: duplicateEffects(uploads, stored),
    ...(await objectFindings(system, uploads, stored, archives)),
    brokenZips: archives.broken,
    contradictions: contradictions(uploads, stored),
    unfinished: await unfinished(system),
  };
};

const objectFindings = async (
  system: System,
  uploads: readonly Upload[],
  stored: Stored,
  { manifests }: Archives,
): Promise<Pick<Audit, 'orphans' | 'deletionLeftovers' | 'multipartLeftovers'>> => {
  const objects = await listObjects(system);
  const multipart = await listMultipartUploads(system);
  return {
    orphans: orphanObjects(objects, { ...stored, manifests }),
    deletionLeftovers: deletionLeftovers(uploads, stored, {
      objects,
      multipart: multipart.map(({ key }) => key),
    }),
    multipartLeftovers: multipart.map(({ key, initiated }) => `${key}, begun at ${initiated}`),
  };
};
