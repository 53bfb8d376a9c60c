import type { SagaEvent } from '../../functions/contracts/events.ts';
import type { EventId, VideoId } from '../../functions/contracts/ids.ts';
import type { Artifact } from '../../functions/download/core/artifact.ts';
import type { ArtifactDecision } from '../../functions/download/core/decide.ts';
import type { ArchiveStore, ArtifactRepository } from '../../functions/download/core/ports.ts';
import { stampsInOrder } from './stamps.ts';

/** Artifacts in memory, with the events that were emitted; the database's time stands still. */
class InMemoryArtifacts implements Pick<ArtifactRepository, 'find' | 'change'> {
  readonly events: SagaEvent[] = [];
  readonly #artifacts = new Map<VideoId, Artifact>();
  readonly #consumed = new Set<EventId>();
  readonly #now: Date;

  constructor(now: Date) {
    this.#now = now;
  }

  async find(id: VideoId): Promise<Artifact | undefined> {
    return this.#artifacts.get(id);
  }

  async change(
    { id, sagaId: videoId, userId }: SagaEvent,
    decide: (artifact: Artifact, now: Date) => ArtifactDecision,
  ): Promise<void> {
    if (this.#consumed.has(id)) return;
    const current = this.#artifacts.get(videoId) ?? { videoId, userId, fileName: '', state: 'AWAITED' };
    const { artifact, events } = decide(current, this.#now);
    this.#consumed.add(id);
    this.#artifacts.set(videoId, artifact ?? current);
    this.events.push(...events);
  }
}

/** The services for following a saga, in memory; `sizes` holds the size of each object. */
export const downloadOnMemory = (now: Date) => {
  const sizes = new Map<string, number>();
  const artifacts = new InMemoryArtifacts(now);
  const archives: Pick<ArchiveStore, 'sizeOf'> = { sizeOf: async (key) => sizes.get(key) };
  return { services: { artifacts, archives, stamp: stampsInOrder() }, artifacts, sizes };
};
