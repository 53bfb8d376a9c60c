/** One thing that a deployment must be able to do. */
export interface Check {
  /** A few words for the log. */
  readonly name: string;
  /** How long it may take: longer than its own clients wait, so that their reason is the one that is told. */
  readonly limitSeconds: number;
  /** Throws where it fails. The signal aborts at the limit. */
  run(signal: AbortSignal): Promise<void>;
  /**
   * One sentence: what failed, and what to look at.
   *
   * @param reason why it failed, in a few words.
   */
  explain(reason: string): string;
}

/** How a check ended. */
export type CheckReport =
  | { readonly name: string; readonly milliseconds: number; readonly passed: true }
  | {
      readonly name: string;
      readonly milliseconds: number;
      readonly passed: false;
      readonly error: unknown;
      readonly sentence: string;
    };

/** CloudFormation accepts 4096 bytes for the whole response of a custom resource; the handler of triggers adds some. */
const MAX_MESSAGE_CHARACTERS = 3000;

/** Checks of a self-test failed. CloudFormation shows the message: one sentence for each of them, no stack trace. */
export class SelfTestFailedError extends Error {
  readonly code = 'SELF_TEST_FAILED';

  constructor(sentences: readonly string[]) {
    super(sentences.join('\n').slice(0, MAX_MESSAGE_CHARACTERS));
    this.name = 'SelfTestFailedError';
    // The handler of triggers appends the stack trace to the message.
    this.stack = '';
  }
}
