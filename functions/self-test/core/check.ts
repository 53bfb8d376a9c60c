/** Checks one requirement of a deployment. */
export interface Check {
  /** A few words for the log. */
  readonly name: string;
  /** Time limit: longer than the timeouts of its clients, so that their error is reported. */
  readonly limitSeconds: number;
  /** Runs the check; throws if it fails. The signal aborts at the limit. */
  run(signal: AbortSignal): Promise<void>;
  /** One sentence that says what failed and what to look at.
   *
   * @param reason why it failed, in a few words
   */
  explain(reason: string): string;
}

/** The result of a check. */
export type CheckReport =
  | { readonly name: string; readonly milliseconds: number; readonly passed: true }
  | {
      readonly name: string;
      readonly milliseconds: number;
      readonly passed: false;
      readonly error: unknown;
      readonly sentence: string;
    };

/**
 * CloudFormation accepts 4096 bytes as a custom resource's whole response, and the triggers' handler adds some text.
 */
const MAX_MESSAGE_CHARACTERS = 3000;

/** Some checks failed. CloudFormation shows the message: one sentence for each failed check, without a stack trace. */
export class SelfTestFailedError extends Error {
  readonly code = 'SELF_TEST_FAILED';

  constructor(sentences: readonly string[]) {
    super(sentences.join('\n').slice(0, MAX_MESSAGE_CHARACTERS));
    this.name = 'SelfTestFailedError';
    // Empty, because the triggers' handler appends the stack trace to the message.
    this.stack = '';
  }
}
