import * as z from 'zod';

/** What a failed invocation says, in the form that Lambda gives it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
}

/** How one invocation ended; `payload` is JSON. */
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
