import * as z from 'zod';
import { ENV_AUTH_KEY_SECRET } from '../contracts/env.ts';

/** The secret from which the keys of this context are derived: at least 32 characters, random. */
export const KeySecretEnv = z.object({ [ENV_AUTH_KEY_SECRET]: z.string().min(32) });
export type KeySecretEnv = z.infer<typeof KeySecretEnv>;
