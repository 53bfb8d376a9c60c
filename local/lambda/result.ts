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

const FunctionErrorBody = z.object({ errorType: z.string(), errorMessage: z.string() });

export const failure = (errorType: string, errorMessage: string): InvocationResult => ({
  kind: 'error',
  error: { errorType, errorMessage },
});

/** Reads the error that a runtime reports. */
export const readFunctionError = (body: string): InvocationResult => {
  const { data } = FunctionErrorBody.safeParse(parseJson(body));
  return data === undefined ? failure('Error', 'Unknown error') : failure(data.errorType, data.errorMessage);
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
