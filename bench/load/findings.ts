import type { Findings } from './broken-promises.ts';
import type { LoadRun } from './run.ts';

/**
 * Everything that a run found that must not be.
 * @param ofThisRun what this kind of run promises besides
 */
export const findingsOf = (run: LoadRun, ofThisRun: readonly string[] = []): Findings => {
  const { audit, uploads, users, answers, sessionProblems } = run;
  const problems = uploads.flatMap(({ problem, videoId }) =>
    problem === undefined ? [] : [`${videoId ?? 'not declared'}: ${problem}`],
  );
  return {
    lost: audit.lost,
    duplicateEffects: audit.duplicates,
    orphanObjects: audit.orphans,
    brokenZips: audit.brokenZips,
    contradictions: audit.contradictions,
    deletionLeftovers: audit.deletionLeftovers,
    multipartLeftovers: audit.multipartLeftovers,
    lostSessions: users.flatMap(({ session }) => session.lost),
    clientProblems: [...problems, ...sessionProblems],
    unexpectedAnswers: answers.unexpected,
    unfinished: audit.unfinished,
    ofThisRun: [...(run.kills.length === 0 ? soundFailures(run) : []), ...ofThisRun],
  };
};

/** A sound video may end FAILED where each of its attempts was killed, and never otherwise. */
const soundFailures = ({ uploads, audit }: LoadRun): string[] => {
  const statusOf = new Map(audit.stored.videos.map(({ id, status }) => [id, status]));
  return uploads.flatMap(({ kind, clip, videoId = '' }) =>
    kind === 'sound' && statusOf.get(videoId) === 'FAILED'
      ? [`${videoId} (${clip}) is sound and FAILED, though nothing was killed`]
      : [],
  );
};
