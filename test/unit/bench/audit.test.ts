import { describe, expect, it } from 'vitest';
import { contradictions } from '../../../bench/load/audit/contradictions.ts';
import { deletionLeftovers } from '../../../bench/load/audit/deletion-leftovers.ts';
import { duplicateEffects } from '../../../bench/load/audit/duplicate-effects.ts';
import { orphanObjects } from '../../../bench/load/audit/orphan-objects.ts';
import type { ArtifactRow, Stored, VideoRow } from '../../../bench/load/audit/rows.ts';
import type { Upload } from '../../../bench/load/uploads.ts';
import { LoadUser } from '../../../bench/load/user.ts';
import type { VideoStatus } from '../../../functions/contracts/http.ts';
import { Manifest } from '../../../functions/contracts/manifest.ts';
import { Saga, type SagaState } from '../../../functions/orchestrator/core/saga.ts';
import { someEvent, someOrigin, somePayload } from '../../support/events.ts';

const origin = someOrigin();
const user = new LoadUser('http://localhost');
user.id = origin.userId;
const prefix = `users/${origin.userId}/videos/${origin.sagaId}`;

const video = (status: VideoStatus): VideoRow => ({
  id: origin.sagaId,
  userId: origin.userId,
  status,
  storageKey: `${prefix}/source.mp4`,
  updatedAt: 0,
  failureCode: undefined,
});
const upload = (kind: Upload['kind'] = 'sound'): Upload => ({
  ...{ user, kind, clip: 'short.mp4', videoId: origin.sagaId, uploadedAt: 1 },
});
const stored = (parts: Partial<Stored>): Stored => ({
  ...{ videos: [video('READY')], timeline: [], jobs: [], artifacts: [], emitted: [], sagas: [] },
  ...parts,
});
const saga = (state: SagaState, eventIds: readonly string[] = []): Saga =>
  Saga.parse({
    ...{ ...origin, version: 1, state, pending: [] },
    journal: eventIds.map((eventId) => ({
      ...{ eventId, type: 'FILE_UPLOADED', status: 'PROCESSING' },
      ...{ occurredAt: '2026-01-01T00:00:00Z', handledAt: '2026-01-01T00:00:00Z' },
    })),
  });

const someManifest = (fileNames: readonly string[]): Manifest =>
  Manifest.parse({
    version: 1,
    videoId: origin.sagaId,
    source: {
      ...{ fileName: 'a.mp4', sizeBytes: 1, sha256: 'a', container: 'mp4', codec: 'h264' },
      ...{ durationSeconds: 1, width: 1, height: 1 },
    },
    ...{ intervalSeconds: 10, engine: 'libav' },
    ...{ framesExpected: fileNames.length, framesDelivered: fileNames.length },
    frames: fileNames.map((fileName, index) => ({
      ...{
        index,
        requestedTimeSeconds: index,
        timeSeconds: index,
        substituted: false,
        fileName,
        width: 1,
        height: 1,
        sizeBytes: 1,
        sha256: 'a',
      },
    })),
  });

describe('the audit of a load run', () => {
  it('finds no duplicate effect when every event is emitted once', () => {
    const emitted = [
      someEvent('FILE_UPLOADED', somePayload.FILE_UPLOADED(), origin),
      someEvent('FILE_FAILED', somePayload.FILE_FAILED(1), origin),
      someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(2), origin),
      someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(2), origin),
    ];
    expect(duplicateEffects([upload()], stored({ emitted }))).toEqual([]);
  });

  it('finds an event that was emitted twice, and two outcomes of one attempt', () => {
    const uploaded = () => someEvent('FILE_UPLOADED', somePayload.FILE_UPLOADED(), origin);
    expect(duplicateEffects([upload()], stored({ emitted: [uploaded(), uploaded()] }))).toHaveLength(1);
    const outcomes = [
      someEvent('FILE_FAILED', somePayload.FILE_FAILED(1), origin),
      someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(1), origin),
    ];
    expect(duplicateEffects([upload()], stored({ emitted: outcomes }))).toHaveLength(1);
  });

  it('finds a command sent twice, an event applied twice, and a video without a request', () => {
    const line = { videoId: origin.sagaId, type: 'PROCESS_FILE', occurredAt: 0, attempt: 1 };
    expect(duplicateEffects([upload()], stored({ timeline: [line, line] }))).toHaveLength(1);
    const { id } = someEvent('FILE_DELETED', {}, origin);
    const sagas = [saga({ status: 'COMPLETED' }, [id, id])];
    expect(duplicateEffects([upload()], stored({ sagas }))).toHaveLength(1);
    const another = { ...video('AWAITING_UPLOAD'), id: someOrigin().sagaId };
    expect(duplicateEffects([upload()], stored({ videos: [video('READY'), another] }))).toHaveLength(1);
  });

  const folder = `${prefix}/results/run`;
  const artifact = (state: string): ArtifactRow => ({
    videoId: origin.sagaId,
    state,
    zipKey: `${folder}/frames.zip`,
    manifestKey: `${folder}/frames/manifest.json`,
  });
  const orphansOf = (keys: readonly string[], videos: readonly VideoRow[], frames?: readonly string[]) => {
    const manifest = frames && someManifest(frames);
    return orphanObjects(keys, {
      videos,
      artifacts: [artifact('AVAILABLE')],
      manifests: new Map(manifest ? [[origin.sagaId, manifest]] : []),
    });
  };

  it('finds objects of unknown and expired videos, and objects of a failed one other than its source', () => {
    const keys = [`${prefix}/source.mp4`, `${folder}/frames.zip`];
    expect(orphansOf(keys, [])).toEqual(keys);
    expect(orphansOf(keys, [video('EXPIRED')])).toEqual(keys);
    expect(orphansOf(keys, [video('FAILED')])).toEqual([`${folder}/frames.zip`]);
    expect(orphansOf(keys, [video('READY')])).toEqual([]);
    expect(orphansOf(['users/someone/else'], [video('READY')])).toHaveLength(1);
  });

  it('finds objects of a READY video that neither its row nor its manifest names', () => {
    const [first, second] = ['0001.jpg', '0002.jpg'];
    const wanted = [`${folder}/frames.zip`, `${folder}/frames/manifest.json`, `${folder}/frames/${first}`];
    const losers = [`${prefix}/results/loser/frames.zip`, `${prefix}/results/loser/frames/${first}`];
    const ready = [video('READY')];
    expect(orphansOf([...wanted, ...losers], ready, [first])).toEqual(losers);
    expect(orphansOf([...wanted, `${folder}/frames/${second}`], ready, [first])).toHaveLength(1);
    // Without a manifest the expected frames are unknown, but their folder is known.
    expect(orphansOf([...wanted, ...losers], ready)).toEqual(losers);
  });

  it('finds everything left of a deleted video except tombstones', () => {
    const deleted = { ...upload(), deletedAt: 1, seenAfterDeletion: false };
    const job = { videoId: origin.sagaId, status: 'DELETED', claimedAt: undefined, finishedAt: undefined };
    const gone = stored({
      videos: [],
      jobs: [job],
      artifacts: [artifact('DELETED')],
      sagas: [saga({ status: 'DELETED' })],
    });
    const nothing = { objects: [], multipart: [] };
    expect(deletionLeftovers([deleted, upload()], gone, nothing)).toEqual([]);
    const left = (parts: Partial<Stored>) => deletionLeftovers([deleted], { ...gone, ...parts }, nothing);
    expect(left({ videos: [video('PROCESSING')] })).toHaveLength(1);
    expect(left({ jobs: [{ ...job, status: 'DONE' }] })).toHaveLength(1);
    expect(left({ artifacts: [artifact('AVAILABLE')] })).toHaveLength(1);
    expect(left({ sagas: [saga({ status: 'COMPLETED' })] })).toHaveLength(1);
    expect(left({ sagas: [] })).toHaveLength(1);
    const [key] = [`${folder}/frames.zip`];
    expect(deletionLeftovers([deleted], gone, { objects: [key], multipart: [key] })).toHaveLength(2);
    const seen = { ...deleted, seenAfterDeletion: true };
    expect(deletionLeftovers([seen], gone, nothing)).toHaveLength(1);
  });

  it('finds a video that contradicts its saga, and a damaged file that is READY', () => {
    const failed = saga({ status: 'FAILED', code: 'INTERNAL' });
    expect(contradictions([upload()], stored({ sagas: [failed] }))).toHaveLength(1);
    expect(contradictions([upload()], stored({ sagas: [saga({ status: 'COMPLETED' })] }))).toEqual([]);
    expect(contradictions([upload('corrupt')], stored({}))).toHaveLength(1);
    expect(contradictions([upload()], stored({ videos: [video('EXPIRED')] }))).toHaveLength(1);
  });
});
