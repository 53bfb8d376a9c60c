import type { ExtractionFailureCode } from '../../words.ts';

/** The video cannot be extracted from, for this reason. */
export class RefusalError extends Error {
  readonly code: ExtractionFailureCode;

  constructor(code: ExtractionFailureCode, detail: string) {
    super(detail);
    this.name = 'RefusalError';
    this.code = code;
  }
}
