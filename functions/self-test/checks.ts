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
 * What a deployment must be able to do. The hasher and the engines are those of their contexts, because a check is worth
 * something only where it runs what production runs. Only the function with FFmpeg has engines: each one is checked by
 * itself, so that none is hidden behind a fallback.
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
