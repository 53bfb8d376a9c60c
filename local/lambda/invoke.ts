import type { InvocationResult } from './result.ts';

/** Runs a function, by its ARN, and waits for its end; the payload is JSON. Never rejects. */
export type InvokeFunction = (functionArn: string, payload: string) => Promise<InvocationResult>;
