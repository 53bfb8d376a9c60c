import { expect, test } from 'vitest';
import type { VideoId } from '../../../functions/contracts/ids.ts';
import { framesPrefix, manifestKey, zipKey } from '../../../functions/contracts/storage-keys.ts';
import { removeArtifact } from '../../../functions/download/core/sweep-artifacts.ts';
import { someOrigin } from '../../support/events.ts';
import { someRunId } from '../../support/process.ts';

test('an artifact expires only after its ZIP and its frames are gone', async () => {
  const { sagaId: videoId, userId } = someOrigin();
  const run = { videoId, userId, runId: someRunId(1) };
  const artifact = { videoId, userId, zipKey: zipKey(run), manifestKey: manifestKey(run) };
  const steps: string[] = [];
  let isDown = true;
  const services = {
    artifacts: { expire: async (id: VideoId) => void steps.push(`expired ${id}`) },
    archives: {
      remove: async (key: string) => void steps.push(key),
      removeBelow: async (prefix: string) => {
        if (isDown) throw new Error('S3 is down');
        steps.push(prefix);
      },
    },
  };
  await expect(removeArtifact(artifact, services)).rejects.toThrow('S3 is down');
  expect(steps).toEqual([artifact.zipKey]);
  isDown = false;
  expect(await removeArtifact(artifact, services)).toBe('EXPIRED');
  expect(steps).toEqual([artifact.zipKey, artifact.zipKey, framesPrefix(run), `expired ${videoId}`]);
});
