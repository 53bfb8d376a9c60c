/** What a run found that must not be, a line for each finding. */
export interface Findings {
  readonly lost: readonly string[];
  readonly duplicateEffects: readonly string[];
  readonly orphanObjects: readonly string[];
  readonly brokenZips: readonly string[];
  readonly contradictions: readonly string[];
  /** What is left of deleted videos. */
  readonly deletionLeftovers: readonly string[];
  readonly multipartLeftovers: readonly string[];
  readonly lostSessions: readonly string[];
  /** Clients that gave up. */
  readonly clientProblems: readonly string[];
  readonly unexpectedAnswers: readonly string[];
  /** Messages, events and runs that were still there after the time that they may take. */
  readonly unfinished: readonly string[];
  /** What a kind of run promises besides. */
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
/** The promises that were broken: they alone decide the closing sentence and the exit code. */
export const brokenPromises = (findings: Findings): BrokenPromise[] =>
  TITLES.map(([name, title]) => ({ title, lines: findings[name] })).filter(({ lines }) => lines.length > 0);

/** The closing sentence of a run. */
export const verdictOn = (broken: readonly BrokenPromise[]): string =>
  broken.length === 0
    ? 'Every promise was kept.'
    : `PROMISES WERE BROKEN: ${broken.map(({ title, lines }) => `${title.toLowerCase()} ${lines.length}`).join(', ')}. See above.`;
