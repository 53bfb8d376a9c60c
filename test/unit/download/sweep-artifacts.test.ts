import { expect, test } from 'vitest';
import type { VideoId } from '../../../functions/contracts/ids.ts';
import { manifestKey, zipKey } from '../../../functions/contracts/storage-keys.ts';
import { sweepArtifacts } from '../../../functions/download/core/sweep-artifacts.ts';
import { someOrigin } from '../../support/events.ts';
import { someRunId } from '../../support/process.ts';

test('an artifact expires only after its objects are gone, and one that cannot be removed stops no other', async () => {
  const overdue = Array.from({ length: 3 }, () => {
    const { sagaId: videoId, userId } = someOrigin();
    const run = { videoId, userId, runId: someRunId(1) };
    return { videoId, userId, zipKey: zipKey(run), manifestKey: manifestKey(run) };
  });
  const expired: VideoId[] = [];
  const failed: string[] = [];
  let forgotten = false;
  const artifacts = {
    overdue: async () => overdue,
    expire: async (id: VideoId) => void expired.push(id),
    forgetDeleted: async () => {
      forgotten = true;
    },
  };
  const broken = overdue[1]?.videoId ?? '';
  const archives = {
    remove: async () => undefined,
    removeBelow: async (prefix: string) => {
      if (prefix.includes(broken)) throw new Error('S3 is down');
    },
  };

  expect(await sweepArtifacts({ artifacts, archives }, (videoId) => failed.push(videoId))).toBe(2);
  expect(failed).toEqual([broken]);
  expect(expired).toEqual([overdue[0]?.videoId, overdue[2]?.videoId]);
  expect(forgotten).toBe(true);
});
