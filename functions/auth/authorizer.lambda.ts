import { createTokenCheck } from '../shared/access/token-check.ts';
import { lazyEnv } from '../shared/config/env.ts';
import { DatabaseEnv } from '../shared/config/schemas.ts';
import { createPool } from '../shared/database/pool.ts';
import { createAuthorizerHandler } from './authorizer-handler.ts';

const env = lazyEnv(DatabaseEnv);

export const handler = createAuthorizerHandler(async () => createTokenCheck(createPool(env())));
