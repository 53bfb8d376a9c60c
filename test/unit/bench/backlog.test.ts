import { describe, expect, it } from 'vitest';
import { backlogOf } from '../../../bench/load/backlog.ts';
import type { LoadRun } from '../../../bench/load/run.ts';
import { LoadUser } from '../../../bench/load/user.ts';
import type { VideoStatus } from '../../../functions/contracts/http.ts';
import { someRun } from '../../support/load-run.ts';

const user = new LoadUser('http://localhost');
/** A run of videos that were all uploaded at 1 s, each with its final status and the seconds of its claims. */
const runOf = (...videos: readonly { status: VideoStatus; claims: readonly number[] }[]): LoadRun =>
  someRun({
    uploads: videos.map((_, number) => ({
      ...{ user, kind: 'sound', clip: 'h264.mp4', videoId: `v${number}`, uploadedAt: 1_000 },
    })),
    claims: videos.flatMap(({ claims }, number) =>
      claims.map((second, index) => ({
        ...{ videoId: `v${number}`, attempt: index + 1, claimedAt: second * 1000 },
      })),
    ),
    videos: videos.map(({ status }, number) => ({
      ...{ id: `v${number}`, userId: 'u', status, storageKey: 's', updatedAt: 0, failureCode: undefined },
    })),
  });

describe('a backlog run', () => {
  it('keeps its promise when every video is READY after one extraction', () => {
    const run = runOf({ status: 'READY', claims: [2] }, { status: 'READY', claims: [31] });
    expect(backlogOf(run, 6)).toMatchObject({
      ...{ ready: 2, queueSeconds: 30, videosByClaims: { '1': 2 }, broken: [] },
    });
  });

  it('breaks its promise when a video is not READY, or was extracted twice or never', () => {
    const late = { status: 'READY', claims: [40] } as const;
    for (const bad of [
      { status: 'FAILED', claims: [2] },
      { status: 'READY', claims: [2, 9] },
      { status: 'READY', claims: [] },
    ] as const) {
      expect(backlogOf(runOf(late, bad), 6).broken).toEqual([expect.stringContaining('v1 is')]);
    }
  });

  it('is inconclusive when the queue was not five times longer than the deadline', () => {
    const run = runOf({ status: 'READY', claims: [30] });
    expect(backlogOf(run, 6).broken).toEqual([expect.stringContaining('proves nothing')]);
  });
});
