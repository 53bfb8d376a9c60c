import type { InvocationResult } from './result.ts';

/** Invokes a function by its ARN and waits for its result. The payload is JSON. Never rejects. */
export type InvokeFunction = (functionArn: string, payload: string) => Promise<InvocationResult>;
