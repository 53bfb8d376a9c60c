import { ExtractionError } from '../../../engine/pure.ts';
import type { FailureCode } from '../../contracts/failures.ts';

/** The code of an attempt's failure. An error that is no ExtractionError is ours, and may pass: INTERNAL. */
export const failureCodeOf = (error: unknown): FailureCode =>
  error instanceof ExtractionError ? error.code : 'INTERNAL';
