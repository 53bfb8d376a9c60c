/** Violations that a run found, one line per violation. */
export interface Findings {
  readonly lost: readonly string[];
  readonly duplicateEffects: readonly string[];
  readonly orphanObjects: readonly string[];
  readonly brokenZips: readonly string[];
  readonly contradictions: readonly string[];
  /** Leftovers of deleted videos. */
  readonly deletionLeftovers: readonly string[];
  readonly multipartLeftovers: readonly string[];
  readonly lostSessions: readonly string[];
  /** Errors of clients that gave up. */
  readonly clientProblems: readonly string[];
  readonly unexpectedAnswers: readonly string[];
  /** Messages, events and runs that were unfinished after the time limit. */
  readonly unfinished: readonly string[];
  /** Violations of additional promises of this kind of run. */
  readonly ofThisRun: readonly string[];
}

export interface BrokenPromise {
  readonly title: string;
  readonly lines: readonly string[];
}

const TITLES: readonly (readonly [keyof Findings, string])[] = [
  ['lost', 'Lost'],
  ['duplicateEffects', 'Duplicate effects'],
  ['orphanObjects', 'Orphan objects'],
  ['brokenZips', 'Broken ZIPs'],
  ['contradictions', 'Contradictions'],
  ['deletionLeftovers', 'Left over of deleted videos'],
  ['multipartLeftovers', 'Multipart uploads left over'],
  ['lostSessions', 'Lost sessions'],
  ['clientProblems', 'Clients that gave up'],
  ['unexpectedAnswers', 'Answers that no client should get'],
  ['unfinished', 'Not finished'],
  ['ofThisRun', 'What this kind of run promises besides'],
];
/** The broken promises. Only they decide the closing sentence and the exit code. */
export const brokenPromises = (findings: Findings): BrokenPromise[] =>
  TITLES.map(([name, title]) => ({ title, lines: findings[name] })).filter(({ lines }) => lines.length > 0);

/** The closing sentence of a run. */
export const verdictOn = (broken: readonly BrokenPromise[]): string =>
  broken.length === 0
    ? 'Every promise was kept.'
    : `PROMISES WERE BROKEN: ${broken.map(({ title, lines }) => `${title.toLowerCase()} ${lines.length}`).join(', ')}. See above.`;
