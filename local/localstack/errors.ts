/** A step that did not succeed. The message is one sentence that says what to do; it is printed without a stack trace. */
export class StepError extends Error {
  override readonly name = 'StepError';
}

/** The command was ended by Ctrl-C or a signal. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  constructor() {
    super('Interrupted');
  }
}
