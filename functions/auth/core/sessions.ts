import {
  API_GATEWAY_TIMEOUT_SECONDS,
  UNAVAILABLE_RETRY_AFTER_SECONDS,
} from '../../contracts/answer-times.ts';
import type { TokenPair } from '../../contracts/http/account.ts';
import type { UserId } from '../../contracts/ids.ts';
import { AppError } from '../../shared/errors/app-error.ts';

/** A session ends this many days after the login. Refreshing does not extend it. */
const SESSION_LIFETIME_DAYS = 30;

/** A database outage of up to this length logs no client out. A Multi-AZ failover of RDS takes 60 to 120 s. */
export const SURVIVED_OUTAGE_SECONDS = 120;

/** Margin for other delays: slow timers, a phone that wakes up late, the network to API Gateway and back. */
const GRACE_MARGIN_SECONDS = 30;

/**
 * How long a used refresh token gets its successor again, if the successor was never used. The client may not have
 * received the response. Then it repeats the request after `Retry-After` until one succeeds. In the worst case, one
 * request is still waiting when the outage ends and fails, and the next one succeeds at the end of API Gateway's
 * timeout.
 */
export const REFRESH_GRACE_SECONDS =
  SURVIVED_OUTAGE_SECONDS +
  API_GATEWAY_TIMEOUT_SECONDS +
  UNAVAILABLE_RETRY_AFTER_SECONDS +
  API_GATEWAY_TIMEOUT_SECONDS +
  GRACE_MARGIN_SECONDS;

/** Ended sessions are kept this many days for investigations. */
const ENDED_SESSION_RETENTION_DAYS = 7;

const DAY_MILLISECONDS = 24 * 3600 * 1000;

/** One login. Its refresh tokens form a family. */
export interface Session {
  id: string;
  userId: UserId;
  createdAt: Date;
  expiresAt: Date;
}

/** SHA-256 of a refresh token, lower-case hex. */
export type RefreshTokenHash = string;

/** An opaque refresh token and its hash. Only the hash is stored. */
export interface RefreshToken {
  token: string;
  hash: RefreshTokenHash;
}

/** Makes refresh tokens. */
export interface RefreshTokenMaker {
  /** 256 random bits. */
  first(): RefreshToken;
  /** The only successor of a token, always the same one. It cannot be derived from the token without the key. */
  successorOf(token: string): RefreshToken;
  /** Undefined if the text does not have the format of a refresh token. */
  hashOf(token: string): RefreshTokenHash | undefined;
}

/**
 * A presented refresh token and its family. All times are from the database's clock, because machines' clocks differ.
 */
export interface TokenFamily {
  session: Session;
  /** The database's time when the family was read, after locking it. */
  readAt: Date;
  revokedAt: Date | null;
  /** When the presented token was exchanged; null if it never was. */
  usedAt: Date | null;
  successor: { hash: RefreshTokenHash; usedAt: Date | null } | null;
}

/** ROTATE: exchange it; REPEAT: send the same successor again; REVOKE: end the family; REFUSE: change nothing. */
export type RefreshDecision = 'ROTATE' | 'REPEAT' | 'REVOKE' | 'REFUSE';

/**
 * A decision and its response. The response is complete before anything is stored, so nothing can fail after the
 * commit.
 */
export type RefreshVerdict =
  | { decision: Extract<RefreshDecision, 'ROTATE' | 'REPEAT'>; answer: TokenPair }
  | { decision: Extract<RefreshDecision, 'REVOKE' | 'REFUSE'> };

/** Stores sessions and the hashes of their refresh tokens. */
export interface SessionRepository {
  add(session: Session, token: RefreshTokenHash): Promise<void>;
  /**
   * Locks the family of `presented`, calls `decide` and executes its verdict, all in one transaction. ROTATE stores
   * `successor`. `decide` runs while a lock and a connection are held, so it must not use the database.
   *
   * @returns undefined if no such token was ever issued.
   */
  refresh(
    presented: RefreshTokenHash,
    successor: RefreshTokenHash,
    decide: (family: TokenFamily) => Promise<RefreshVerdict>,
  ): Promise<RefreshVerdict | undefined>;
  /** Ends the session of a token. Does nothing if it has ended or does not exist. */
  revokeByToken(token: RefreshTokenHash): Promise<void>;
  /** Id of a token's session, even if it has ended; undefined if it belongs to another user or was purged. */
  findId(token: RefreshTokenHash, email: string): Promise<string | undefined>;
  /** Removes the sessions that ended before this moment. Returns their number. */
  purgeEndedBefore(moment: Date): Promise<number>;
}

export class InvalidRefreshTokenError extends AppError {
  constructor(options: ErrorOptions = {}) {
    super('INVALID_REFRESH_TOKEN', options);
  }
}

/** The end of a session that starts now. */
export const sessionExpiry = (now: Date): Date =>
  new Date(now.getTime() + SESSION_LIFETIME_DAYS * DAY_MILLISECONDS);

/** Sessions that ended before this moment can be purged. */
export const purgeMoment = (now: Date): Date =>
  new Date(now.getTime() - ENDED_SESSION_RETENTION_DAYS * DAY_MILLISECONDS);

/**
 * Decides about a presented refresh token. A token that was used within the grace gets the same successor again. So a
 * client stays logged in after a lost response and after two simultaneous refreshes. Any other reuse counts as theft
 * and ends the family: the successor was used (so the response did arrive), or the grace is over.
 */
export const decideRefresh = (family: TokenFamily): RefreshDecision => {
  const { readAt } = family;
  if (family.revokedAt !== null || family.session.expiresAt <= readAt) return 'REFUSE';
  if (family.usedAt === null) return 'ROTATE';
  const sinceUseSeconds = (readAt.getTime() - family.usedAt.getTime()) / 1000;
  const answerMayBeLost = family.successor !== null && family.successor.usedAt === null;
  return answerMayBeLost && sinceUseSeconds <= REFRESH_GRACE_SECONDS ? 'REPEAT' : 'REVOKE';
};
