import { describe, expect, it } from 'vitest';
import { overheads, recoveries } from '../../../bench/load/figures.ts';
import type { Upload } from '../../../bench/load/uploads.ts';
import { LoadUser } from '../../../bench/load/user.ts';
import { someRun } from '../../support/load-run.ts';

const user = new LoadUser('http://localhost');
const upload: Upload = { user, kind: 'sound', clip: 'h264.mp4', videoId: 'v', uploadedAt: 1_000 };
const entry = (type: string, second: number, attempt: number | null = null) => ({
  ...{ videoId: 'v', type, occurredAt: second * 1000, attempt },
});
const video = {
  ...{
    id: 'v',
    userId: 'u',
    status: 'READY' as const,
    storageKey: 's',
    updatedAt: 20_000,
    failureCode: undefined,
  },
};

describe('the figures of a run', () => {
  it('measure the extraction that made the video READY, not earlier or later ones', () => {
    const run = someRun({
      uploads: [upload],
      videos: [video],
      claims: [3, 6, 9, 18].map((second, index) => ({
        ...{ videoId: 'v', attempt: [1, 2, 2, 3][index] ?? 0, claimedAt: second * 1000 },
      })),
      timeline: [
        entry('FILE_UPLOADED', 2),
        entry('PROCESS_FILE', 2.5, 1),
        entry('PROCESS_FILE', 5, 2),
        entry('FILE_PROCESSED', 15, 2),
        entry('FILE_AVAILABLE', 16, 2),
        entry('FILE_PROCESSED', 19, 3),
      ],
    });
    expect(overheads(run)).toEqual([
      {
        ...{ totalSeconds: 19, turnSeconds: 0, extractionSeconds: 6 },
        steps: { receiving: 1, ordering: 0.5, 'taking on': 6.5, publishing: 1, showing: 4 },
      },
    ]);
  });

  it('exclude a repeated upload from the recoveries, because S3 reports it twice', () => {
    const kills = [{ at: 5_000, untilAt: 5_000, target: 'relay', signal: 'SIGKILL', what: 'relay' } as const];
    const parts = { videos: [video], kills };
    expect(recoveries(someRun({ ...parts, uploads: [upload] }))).toEqual([15]);
    expect(recoveries(someRun({ ...parts, uploads: [{ ...upload, repeatedAt: 2_000 }] }))).toEqual([]);
  });
});
