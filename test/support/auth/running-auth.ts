import { randomBytes, randomInt } from 'node:crypto';
import type pg from 'pg';
import { createAuthorizerHandler } from '../../../functions/auth/authorizer-handler.ts';
import { authOperations } from '../../../functions/auth/routes/operations.ts';
import { type AuthServices, buildAuthServices } from '../../../functions/auth/services.ts';
import { TokenPair } from '../../../functions/contracts/http.ts';
import { AUTH_ROUTES } from '../../../functions/contracts/routes/auth.ts';
import { createTokenCheck } from '../../../functions/shared/access/token-check.ts';
import { createHttpHandler } from '../../../functions/shared/http/http-handler.ts';
import { type Answer, type CallOptions, callApi } from '../api-event.ts';
import { createTestDatabase, serviceEnv } from '../services.ts';

/** An acceptable password. */
export const PASSWORD = 'a quiet river at dawn';

/** The auth context on a database of its own. */
export interface RunningAuth {
  pool: pg.Pool;
  /** Seconds by which the services' clock runs ahead of the real one. */
  skew: { seconds: number };
  call(call: CallOptions): Promise<Answer>;
  post(path: string, body: unknown, sourceIp?: string): Promise<Answer>;
  /** Moves a user's sessions and refresh tokens into the past by this many seconds of the database's clock. */
  age(userId: string, seconds: number): Promise<void>;
  /** The authorizer's answer to an access token. It rejects when the authorizer does. */
  authorize(accessToken: string): Promise<{ principalId: string }>;
  /** The same for a whole `Authorization` value. */
  authorizeValue(authorization: string): Promise<{ principalId: string }>;
  /** Registers a new user and logs in. */
  newUser(): Promise<{ id: string; email: string; tokens: TokenPair }>;
  close(): Promise<void>;
}

/** A random address for one test, because tests share the run's Redis. */
export const newAddress = (): string => `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`;

export const newEmail = (): string => `user-${randomBytes(6).toString('hex')}@example.com`;

/** Starts the auth context with the environment of its functions. @param changedEnv overrides variables */
export const startAuth = async (changedEnv: Record<string, string> = {}): Promise<RunningAuth> => {
  const database = await createTestDatabase();
  Object.assign(process.env, database.envOf('auth'), serviceEnv(), {
    AUTH_KEY_SECRET: 'a secret of the integration tests, random enough',
    ALLOWED_ORIGINS: 'http://localhost:3000',
    ACCESS_CHECK: 'gateway',
    ...changedEnv,
  });
  const skew = { seconds: 0 };
  const now = () => new Date(Date.now() + skew.seconds * 1000);
  const build = async (): Promise<AuthServices> => ({ ...(await buildAuthServices()), now });
  const handler = createHttpHandler({ contracts: AUTH_ROUTES, operations: authOperations, build });
  const pool = database.poolOf('auth');
  const authorizer = createAuthorizerHandler(async () => ({ ...createTokenCheck(pool), now }));
  const authorizeValue = (authorizationToken: string) =>
    authorizer({
      type: 'TOKEN',
      methodArn: 'arn:aws:execute-api:us-east-1:000000000000:api/v1/GET/auth/me',
      authorizationToken,
    });
  const call = (options: CallOptions) => callApi(handler, options);
  const post = (path: string, body: unknown, sourceIp = newAddress()) =>
    call({ method: 'POST', path, body, sourceIp });
  return {
    pool,
    skew,
    call,
    post,
    age: async (userId, seconds) => {
      const step = [userId, `${seconds} s`];
      await pool.query(
        `UPDATE refresh_tokens SET issued_at = issued_at - $2::interval, used_at = used_at - $2::interval
         WHERE session_id IN (SELECT id FROM sessions WHERE user_id = $1)`,
        step,
      );
      await pool.query(
        `UPDATE sessions SET created_at = created_at - $2::interval, expires_at = expires_at - $2::interval
         WHERE user_id = $1`,
        step,
      );
    },
    authorize: (accessToken) => authorizeValue(`Bearer ${accessToken}`),
    authorizeValue,
    newUser: async () => {
      const email = newEmail();
      const registered = await post('/auth/register', { email, password: PASSWORD });
      const login = await post('/auth/login', { email, password: PASSWORD });
      const { id } = Object(registered.body);
      return { id, email, tokens: TokenPair.parse(login.body) };
    },
    close: () => database.close(),
  };
};
