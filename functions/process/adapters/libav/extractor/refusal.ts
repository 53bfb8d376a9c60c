import type { FailureCode } from '../../../../contracts/failures.ts';

/** The video cannot be extracted from, for this reason. */
export class RefusalError extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, detail: string) {
    super(detail);
    this.name = 'RefusalError';
    this.code = code;
  }
}
