import * as z from 'zod';

/** The error of a failed invocation, in Lambda's form. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
}

/** The result of an invocation. `payload` is JSON. */
export type InvocationResult =
  | { readonly kind: 'success'; readonly payload: string }
  | { readonly kind: 'error'; readonly error: FunctionError }
  | { readonly kind: 'throttled' };

export const FunctionErrorBody = z
  .object({ errorType: z.string(), errorMessage: z.string() })
  .catch({ errorType: 'Error', errorMessage: 'Unknown error' });

export const failure = (errorType: string, errorMessage: string): InvocationResult => ({
  kind: 'error',
  error: { errorType, errorMessage },
});
