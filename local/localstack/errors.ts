/** A failed step. The message is one sentence that says what to do. It is printed without a stack trace. */
export class StepError extends Error {
  override readonly name = 'StepError';
}

/** Ctrl-C or a signal ended the command. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  constructor() {
    super('Interrupted');
  }
}
