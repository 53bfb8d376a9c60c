import type { System } from '../system.ts';
import type { Upload } from '../uploads.ts';
import { checkArchives } from './archives.ts';
import { contradictions } from './contradictions.ts';
import { duplicateEffects } from './duplicate-effects.ts';
import { listObjects, orphanObjects } from './orphan-objects.ts';
import { queueDepths } from './queue-depths.ts';
import { readStored, type Stored } from './rows.ts';

/** Terminal states: nothing more is to come. */
export const OVER: ReadonlySet<string> = new Set(['READY', 'FAILED', 'EXPIRED']);

/** What a run has left behind; every list has a line per finding and should be empty. */
export interface Audit {
  readonly stored: Stored;
  readonly accepted: number;
  readonly terminal: number;
  /** Accepted uploads that are not over, or that nobody knows of. */
  readonly lost: readonly string[];
  /** How many of those had been uploaded. */
  readonly lostSources: number;
  readonly duplicates: readonly string[];
  readonly orphans: readonly string[];
  readonly brokenZips: readonly string[];
  readonly contradictions: readonly string[];
  readonly queues: Readonly<Record<string, number>>;
}

/** Looks at everything, once the run is over. Accepted is what was answered 201, uploaded (204) or not. */
export const audit = async (system: System, uploads: readonly Upload[]): Promise<Audit> => {
  const stored = await readStored(system);
  const statusOf = new Map(stored.videos.map(({ id, status }) => [id, status]));
  const accepted = uploads.filter(({ videoId }) => videoId !== undefined);
  const isOver = ({ videoId = '' }: Upload): boolean => OVER.has(statusOf.get(videoId) ?? '');
  const lost = accepted.filter((upload) => !isOver(upload));
  const { manifests, broken } = await checkArchives(
    accepted.filter(({ videoId = '' }) => statusOf.get(videoId) === 'READY'),
  );
  return {
    stored,
    accepted: accepted.length,
    terminal: accepted.length - lost.length,
    lost: lost.map(
      ({ videoId = '', kind, clip }) =>
        `${videoId} (${kind}, ${clip}) is ${statusOf.get(videoId) ?? 'unknown'}`,
    ),
    lostSources: lost.filter(({ uploadedAt }) => uploadedAt !== undefined).length,
    duplicates: duplicateEffects(uploads, stored),
    orphans: orphanObjects(await listObjects(system), stored.videos, manifests),
    brokenZips: broken,
    contradictions: contradictions(uploads, stored),
    queues: await queueDepths(system),
  };
};
