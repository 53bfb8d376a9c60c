/** How a command can end. Scripts branch on these codes, so they never change their meaning. */
export const EXIT_CODES = {
  done: { code: 0, meaning: 'Everything was done.' },
  failed: { code: 1, meaning: 'Something failed: a file, a disk, or Frame Flow itself.' },
  usage: { code: 2, meaning: 'The command line is wrong. Nothing was done.' },
  notLoggedIn: { code: 3, meaning: 'There is no valid session. Log in and repeat the command.' },
  refused: { code: 4, meaning: 'The service refused the request.' },
  unreachable: { code: 5, meaning: 'The service does not answer, or it is briefly unavailable.' },
  interrupted: { code: 130, meaning: 'The command was interrupted. Nothing half-written is left.' },
} as const;

export type Outcome = keyof typeof EXIT_CODES;

/**
 * The outcome of a command that worked on several things: `done` where each is done, the common outcome where all that
 * failed have the same one, else `failed`.
 */
export const joinOutcomes = (outcomes: readonly Outcome[]): Outcome => {
  if (outcomes.includes('interrupted')) return 'interrupted';
  const [first, ...others] = new Set(outcomes.filter((outcome) => outcome !== 'done'));
  if (first === undefined) return 'done';
  return others.length === 0 ? first : 'failed';
};
