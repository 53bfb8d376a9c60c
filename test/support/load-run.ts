import { AnswerLog } from '../../bench/load/answers.ts';
import type { Stored } from '../../bench/load/audit/rows.ts';
import type { LoadRun } from '../../bench/load/run.ts';

type Parts = Partial<Pick<LoadRun, 'users' | 'uploads' | 'claims' | 'kills' | 'slots'>> & Partial<Stored>;

/** A load run without findings, with these parts. */
export const someRun = (parts: Parts): LoadRun => {
  const { users = [], uploads = [], claims = [], kills = [], slots = 1 } = parts;
  const { videos = [], timeline = [], jobs = [], artifacts = [], emitted = [], sagas = [] } = parts;
  return {
    ...{ startedAt: 0, quietAt: 0, users, uploads, claims, kills, slots, sessionProblems: [] },
    duplicates: { republished: 0, resent: 0, s3Events: 0 },
    answers: new AnswerLog(),
    audit: {
      stored: { videos, timeline, jobs, artifacts, emitted, sagas },
      ...{ accepted: 0, deleted: 0, terminal: 0, lostSources: 0 },
      ...{ lost: [], duplicates: [], orphans: [], brokenZips: [], contradictions: [] },
      ...{ deletionLeftovers: [], multipartLeftovers: [], unfinished: [] },
    },
  };
};
