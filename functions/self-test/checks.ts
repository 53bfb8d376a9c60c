import { Argon2PasswordHasher } from '../auth/adapters/argon2-password-hasher.ts';
import { LOGIN_ROLES } from '../contracts/database.ts';
import { ENV_FFMPEG_PATH } from '../contracts/env.ts';
import { createEngines } from '../process/engines.ts';
import { engineCheck } from './adapters/engine-check.ts';
import { loginCheck } from './adapters/login-check.ts';
import { oneFrameClip } from './adapters/one-frame-clip.ts';
import { packagesCheck } from './adapters/packages-check.ts';
import { passwordCheck } from './adapters/password-check.ts';
import { redisCheck } from './adapters/redis-check.ts';
import { RUNTIME_PACKAGES } from './adapters/runtime-packages.ts';
import { storageCheck } from './adapters/storage-check.ts';
import type { Check } from './core/check.ts';

/**
 * All checks of a deployment. They use the hasher and the engines of the contexts, because only checks of production
 * code are useful. Only the function with FFmpeg has engines. Each engine is checked separately, so that the fallback
 * hides no failure.
 */
export const createChecks = (): Check[] => [
  packagesCheck(RUNTIME_PACKAGES),
  passwordCheck(new Argon2PasswordHasher()),
  ...(process.env[ENV_FFMPEG_PATH] === undefined ? [] : createEngines()).map((engine) =>
    engineCheck(engine, oneFrameClip()),
  ),
  ...LOGIN_ROLES.map(loginCheck),
  redisCheck(),
  storageCheck(),
];
