import type { LoginRequest, TokenPair } from '../../contracts/http/account.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { type AccessTokenIssuer, toTokenPair } from './access-tokens.ts';
import { normalizePassword, type PasswordHasher } from './passwords.ts';
import { type RefreshTokenMaker, type Session, type SessionRepository, sessionExpiry } from './sessions.ts';
import { loginRules } from './throttle-rules.ts';
import type { AttemptOutcome, Throttle } from './throttling.ts';
import type { User, UserRepository } from './users.ts';

/** The dependencies of `login`. */
export interface LoginServices {
  users: Pick<UserRepository, 'findByEmail' | 'replacePasswordHash'>;
  sessions: Pick<SessionRepository, 'add' | 'findId'>;
  hasher: PasswordHasher;
  throttle: Throttle;
  refreshTokens: Pick<RefreshTokenMaker, 'first' | 'hashOf'>;
  accessTokens: AccessTokenIssuer;
  newSessionId: () => string;
  now: () => Date;
}

/** The user is unknown or the password is wrong. The error does not say which. */
export class InvalidCredentialsError extends AppError {
  constructor(options: ErrorOptions = {}) {
    super('INVALID_CREDENTIALS', options);
  }
}

/** Starts a session. @throws InvalidCredentialsError, TooManyRequestsError, UnavailableError */
export const login = async (
  { email, password, refreshToken }: LoginRequest,
  sourceIp: string,
  services: LoginServices,
): Promise<TokenPair> => {
  const deviceId = refreshToken === undefined ? undefined : await findDevice(email, refreshToken, services);
  const attempt = await services.throttle.admit(loginRules(email, sourceIp, deviceId));
  let outcome: AttemptOutcome = 'abandoned';
  try {
    const user = await checkPassword(email, normalizePassword(password), services);
    outcome = user === undefined ? 'counted' : 'forgiven';
    if (user === undefined) throw new InvalidCredentialsError();
    return await startSession(user, services);
  } finally {
    await attempt.settle(outcome);
  }
};

/** The device that a refresh token proves: the token's session, even if it has ended, if it belongs to this user. */
const findDevice = async (
  email: string,
  refreshToken: string,
  { sessions, refreshTokens }: LoginServices,
): Promise<string | undefined> => {
  const hash = refreshTokens.hashOf(refreshToken);
  return hash === undefined ? undefined : sessions.findId(hash, email);
};

/** For an unknown user, it also computes a hash, so that the duration does not reveal who has an account. */
const checkPassword = async (
  email: string,
  password: string,
  { users, hasher }: LoginServices,
): Promise<User | undefined> => {
  const credentials = await users.findByEmail(email);
  const matches = await hasher.verify(password, credentials?.passwordHash ?? hasher.decoyHash);
  if (credentials === undefined || !matches) return undefined;
  const { user, passwordHash } = credentials;
  if (hasher.needsRehash(passwordHash)) {
    await users.replacePasswordHash(user.id, passwordHash, await hasher.hash(password));
  }
  return user;
};

const startSession = async (user: User, services: LoginServices): Promise<TokenPair> => {
  const now = services.now();
  // This may fail, so it comes before storing: a session that the client never learns about would stay for 30 days.
  const signer = await services.accessTokens.prepare(now);
  const session: Session = {
    id: services.newSessionId(),
    userId: user.id,
    createdAt: now,
    expiresAt: sessionExpiry(now),
  };
  const refreshToken = services.refreshTokens.first();
  const accessToken = await signer.sign({ userId: user.id, sessionId: session.id });
  await services.sessions.add(session, refreshToken.hash);
  return toTokenPair(accessToken, refreshToken.token);
};
