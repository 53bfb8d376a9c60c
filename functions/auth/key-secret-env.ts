import * as z from 'zod';
import { ENV_AUTH_KEY_SECRET } from '../contracts/env.ts';

/** The secret for deriving this context's keys: at least 32 random characters. */
export const KeySecretEnv = z.object({ [ENV_AUTH_KEY_SECRET]: z.string().min(32) });
export type KeySecretEnv = z.infer<typeof KeySecretEnv>;
