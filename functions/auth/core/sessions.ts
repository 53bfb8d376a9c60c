import {
  API_GATEWAY_TIMEOUT_SECONDS,
  UNAVAILABLE_RETRY_AFTER_SECONDS,
} from '../../contracts/answer-times.ts';
import type { TokenPair } from '../../contracts/http/account.ts';
import type { UserId } from '../../contracts/ids.ts';
import { AppError } from '../../shared/errors/app-error.ts';

/** A session ends this many days after the login, however often it was refreshed. */
export const SESSION_LIFETIME_DAYS = 30;

/** An outage of the database up to this long logs no client out: a Multi-AZ failover of RDS takes 60 to 120 s. */
export const SURVIVED_OUTAGE_SECONDS = 120;

/** For what the other numbers leave out: slow timers, a phone that wakes up late, the way to API Gateway and back. */
const GRACE_MARGIN_SECONDS = 30;

/**
 * How long a used refresh token gets its successor again, provided that the successor was never used. The client may
 * not have received the answer. It then repeats the request after `Retry-After` until one succeeds. In the worst case
 * one request is still waiting when the outage ends, fails, and the next one succeeds as late as API Gateway allows.
 */
export const REFRESH_GRACE_SECONDS =
  SURVIVED_OUTAGE_SECONDS +
  API_GATEWAY_TIMEOUT_SECONDS +
  UNAVAILABLE_RETRY_AFTER_SECONDS +
  API_GATEWAY_TIMEOUT_SECONDS +
  GRACE_MARGIN_SECONDS;

/** Ended sessions are kept this many days, for investigations. */
export const ENDED_SESSION_RETENTION_DAYS = 7;

const DAY_MILLISECONDS = 24 * 3600 * 1000;

/** One login, from which a family of refresh tokens descends. */
export interface Session {
  id: string;
  userId: UserId;
  createdAt: Date;
  expiresAt: Date;
}

/** SHA-256 of a refresh token, lower-case hex. */
export type RefreshTokenHash = string;

/** An opaque refresh token and what is stored of it. */
export interface RefreshToken {
  token: string;
  hash: RefreshTokenHash;
}

/** Makes refresh tokens. */
export interface RefreshTokenMaker {
  /** 256 random bits. */
  first(): RefreshToken;
  /** The only successor of a token: always the same one. It cannot be derived from the token without our key. */
  successorOf(token: string): RefreshToken;
  /** Undefined where the text cannot be a refresh token of ours. */
  hashOf(token: string): RefreshTokenHash | undefined;
}

/** A presented refresh token and its family. All times are the database's, since the clocks of machines differ. */
export interface TokenFamily {
  session: Session;
  /** The database's clock when this was read, after the family was locked. */
  readAt: Date;
  revokedAt: Date | null;
  /** When the presented token was exchanged; null where it never was. */
  usedAt: Date | null;
  successor: { hash: RefreshTokenHash; usedAt: Date | null } | null;
}

/** ROTATE: exchange it; REPEAT: give the same successor again; REVOKE: end the family; REFUSE: change nothing. */
export type RefreshDecision = 'ROTATE' | 'REPEAT' | 'REVOKE' | 'REFUSE';

/**
 * A decision together with the answer that it leads to. The answer is complete before anything is stored, so nothing
 * that can fail is left to do after the commit.
 */
export type RefreshVerdict =
  | { decision: Extract<RefreshDecision, 'ROTATE' | 'REPEAT'>; answer: TokenPair }
  | { decision: Extract<RefreshDecision, 'REVOKE' | 'REFUSE'> };

/** Where sessions and the hashes of their refresh tokens are kept. */
export interface SessionRepository {
  add(session: Session, token: RefreshTokenHash): Promise<void>;
  /**
   * Locks the family of `presented`, calls `decide` and carries out its verdict, all in one transaction: ROTATE stores
   * `successor` as the successor. `decide` holds a lock and a connection: it must not use the database.
   *
   * @returns undefined if no such token was ever issued.
   */
  refresh(
    presented: RefreshTokenHash,
    successor: RefreshTokenHash,
    decide: (family: TokenFamily) => Promise<RefreshVerdict>,
  ): Promise<RefreshVerdict | undefined>;
  /** Ends the session that a token belongs to; does nothing if it has ended or there is none. */
  revokeByToken(token: RefreshTokenHash): Promise<void>;
  /** Id of the session that a token belongs to, ended or not; undefined if it is not that user's or was purged. */
  findId(token: RefreshTokenHash, email: string): Promise<string | undefined>;
  /** Removes the sessions that ended before this moment; returns how many. */
  purgeEndedBefore(moment: Date): Promise<number>;
}

export class InvalidRefreshTokenError extends AppError {
  constructor(options: ErrorOptions = {}) {
    super('INVALID_REFRESH_TOKEN', options);
  }
}

/** When a session that starts now ends. */
export const sessionExpiry = (now: Date): Date =>
  new Date(now.getTime() + SESSION_LIFETIME_DAYS * DAY_MILLISECONDS);

/** Sessions that ended before this moment are not needed any more. */
export const purgeMoment = (now: Date): Date =>
  new Date(now.getTime() - ENDED_SESSION_RETENTION_DAYS * DAY_MILLISECONDS);

/**
 * What presenting a refresh token leads to. A token that was used within the grace gets the same successor again, so a
 * client whose answer was lost, and two refreshes at once, stay logged in on one chain. Everything else is treated as
 * theft and ends the family: the successor was used (so the answer did arrive), or the grace is over.
 */
export const decideRefresh = (family: TokenFamily): RefreshDecision => {
  const { readAt } = family;
  if (family.revokedAt !== null || family.session.expiresAt <= readAt) return 'REFUSE';
  if (family.usedAt === null) return 'ROTATE';
  const sinceUseSeconds = (readAt.getTime() - family.usedAt.getTime()) / 1000;
  const answerMayBeLost = family.successor !== null && family.successor.usedAt === null;
  return answerMayBeLost && sinceUseSeconds <= REFRESH_GRACE_SECONDS ? 'REPEAT' : 'REVOKE';
};
