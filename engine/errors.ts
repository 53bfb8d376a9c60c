import type { ExtractionFailureCode } from './words.ts';

/** The extraction failed. Callers branch on `code`, never on the message. */
export class ExtractionError extends Error {
  readonly code: ExtractionFailureCode;

  /** @param detail for the log, not for the user. @default the code */
  constructor(code: ExtractionFailureCode, detail: string = code, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'ExtractionError';
    this.code = code;
  }
}

/**
 * An engine ended before it looked at the video. The cause is the deployment (a missing or incompatible library), not
 * the file. The code is ENGINE_CRASHED because the other engine takes over in both cases.
 */
export class EngineNotStartedError extends ExtractionError {
  constructor(detail: string, options?: ErrorOptions) {
    super('ENGINE_CRASHED', detail, options);
    this.name = 'EngineNotStartedError';
  }
}
