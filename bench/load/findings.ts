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
    ofThisRun,
  };
};

/** Of a run in which nothing was killed: a sound video ends FAILED only where each of its attempts was. */
export const soundFailures = ({ uploads, audit, kills }: LoadRun): string[] => {
  if (kills.length > 0) return [];
  const videoOf = new Map(audit.stored.videos.map((video) => [video.id, video]));
  return uploads.flatMap(({ kind, clip, videoId = '', repeatedAt }) => {
    const video = videoOf.get(videoId);
    if (kind !== 'sound' || video?.status !== 'FAILED') return [];
    const repeated = repeatedAt === undefined ? '' : ', uploaded twice';
    return [
      `${videoId} (${clip}${repeated}) is sound and FAILED with ${video.failureCode}, though nothing was killed`,
    ];
  });
};
