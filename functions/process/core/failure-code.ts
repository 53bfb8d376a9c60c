import { ExtractionError } from '../../../engine/pure.ts';
import type { FailureCode } from '../../contracts/failures.ts';

/** The code of an attempt's failure. Any error but an ExtractionError is our own fault, which may pass: INTERNAL. */
export const failureCodeOf = (error: unknown): FailureCode =>
  error instanceof ExtractionError ? error.code : 'INTERNAL';
