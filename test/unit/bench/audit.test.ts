import { describe, expect, it } from 'vitest';
import { contradictions } from '../../../bench/load/audit/contradictions.ts';
import { duplicateEffects } from '../../../bench/load/audit/duplicate-effects.ts';
import { orphanObjects } from '../../../bench/load/audit/orphan-objects.ts';
import type { Stored, VideoRow } from '../../../bench/load/audit/rows.ts';
import type { Upload } from '../../../bench/load/uploads.ts';
import { LoadUser } from '../../../bench/load/user.ts';
import type { VideoStatus } from '../../../functions/contracts/http.ts';
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
});
const upload = (kind: Upload['kind'] = 'sound'): Upload => ({
  ...{ user, kind, clip: 'short.mp4', videoId: origin.sagaId, uploadedAt: 1 },
});
const stored = (parts: Partial<Stored>): Stored => ({
  ...{ videos: [video('READY')], timeline: [], jobs: [], emitted: [], sagas: [] },
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

describe('the audit of a load run', () => {
  it('finds nothing twice where everything happened once', () => {
    const emitted = [
      someEvent('FILE_UPLOADED', somePayload.FILE_UPLOADED(), origin),
      someEvent('FILE_FAILED', somePayload.FILE_FAILED(1), origin),
      someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(2), origin),
      someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE(2), origin),
    ];
    expect(duplicateEffects([upload()], stored({ emitted }))).toEqual([]);
  });

  it('finds a fact that was stated twice, and two outcomes of one attempt', () => {
    const uploaded = () => someEvent('FILE_UPLOADED', somePayload.FILE_UPLOADED(), origin);
    expect(duplicateEffects([upload()], stored({ emitted: [uploaded(), uploaded()] }))).toHaveLength(1);
    const outcomes = [
      someEvent('FILE_FAILED', somePayload.FILE_FAILED(1), origin),
      someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED(1), origin),
    ];
    expect(duplicateEffects([upload()], stored({ emitted: outcomes }))).toHaveLength(1);
  });

  it('finds a command given twice, an event acted on twice, and a video that nobody asked for', () => {
    const line = { videoId: origin.sagaId, type: 'PROCESS_FILE', occurredAt: 0, attempt: 1 };
    expect(duplicateEffects([upload()], stored({ timeline: [line, line] }))).toHaveLength(1);
    const { id } = someEvent('FILE_DELETED', {}, origin);
    const sagas = [saga({ status: 'COMPLETED' }, [id, id])];
    expect(duplicateEffects([upload()], stored({ sagas }))).toHaveLength(1);
    const another = { ...video('AWAITING_UPLOAD'), id: someOrigin().sagaId };
    expect(duplicateEffects([upload()], stored({ videos: [video('READY'), another] }))).toHaveLength(1);
  });

  it('finds objects of no video, of an expired one, and what a failed one left besides its source', () => {
    const keys = [`${prefix}/source.mp4`, `${prefix}/frames.zip`];
    expect(orphanObjects(keys, [], new Map())).toEqual(keys);
    expect(orphanObjects(keys, [video('EXPIRED')], new Map())).toEqual(keys);
    expect(orphanObjects(keys, [video('FAILED')], new Map())).toEqual([`${prefix}/frames.zip`]);
    expect(orphanObjects(keys, [video('READY')], new Map())).toEqual([]);
    expect(orphanObjects(['users/someone/else'], [video('READY')], new Map())).toHaveLength(1);
  });

  it('finds a video and a saga that differ, and a damaged file that is READY', () => {
    const failed = saga({ status: 'FAILED', code: 'INTERNAL' });
    expect(contradictions([upload()], stored({ sagas: [failed] }))).toHaveLength(1);
    expect(contradictions([upload()], stored({ sagas: [saga({ status: 'COMPLETED' })] }))).toEqual([]);
    expect(contradictions([upload('corrupt')], stored({}))).toHaveLength(1);
    expect(contradictions([upload()], stored({ videos: [video('EXPIRED')] }))).toHaveLength(1);
  });
});
