import type { Findings } from './broken-promises.ts';
import type { LoadRun } from './run.ts';

/**
 * All violations that a run found.
 * @param ofThisRun violations of additional promises of this kind of run
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

/**
 * One line per sound video that is FAILED in a run without kills. With kills, each attempt of a sound video may have
 * been killed.
 */
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
