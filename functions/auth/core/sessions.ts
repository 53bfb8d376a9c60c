import type { UserId } from '../../contracts/ids.ts';
import { AppError } from '../../shared/errors/app-error.ts';

/** A session ends this many days after the login, however often it was refreshed. */
export const SESSION_LIFETIME_DAYS = 30;

/** For so long a used refresh token gets its successor again: the answer may have been lost on its way. */
export const REFRESH_GRACE_SECONDS = 10;

/** Ended sessions are kept this many days for whoever investigates. */
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
  /** The one successor of a token: always the same one, and nobody else can tell it from the token. */
  successorOf(token: string): RefreshToken;
  /** Undefined where the text cannot be a refresh token of ours. */
  hashOf(token: string): RefreshTokenHash | undefined;
}

/** What is known of a presented refresh token and of its family. */
export interface TokenFamily {
  session: Session;
  revokedAt: Date | null;
  /** When the presented token was exchanged; null where it never was. */
  usedAt: Date | null;
  successor: { hash: RefreshTokenHash; usedAt: Date | null } | null;
}

/** ROTATE: exchange it; REPEAT: give the same successor again; REVOKE: end the family; REFUSE: change nothing. */
export type RefreshDecision = 'ROTATE' | 'REPEAT' | 'REVOKE' | 'REFUSE';

/** The decision that was carried out, and for which family. */
export interface RefreshOutcome {
  decision: RefreshDecision;
  family: TokenFamily;
}

/** Where sessions and the hashes of their refresh tokens are kept. */
export interface SessionRepository {
  add(session: Session, token: RefreshTokenHash): Promise<void>;
  /**
   * Locks the family of `presented`, lets `decide` decide and carries that out, all in one transaction: ROTATE
   * stores `successor` as its successor. Undefined where no such token was ever given out.
   */
  refresh(
    presented: RefreshTokenHash,
    successor: RefreshTokenHash,
    decide: (family: TokenFamily) => RefreshDecision,
    now: Date,
  ): Promise<RefreshOutcome | undefined>;
  /** Ends the session that a token belongs to; does nothing where it has ended or there is none. */
  revokeByToken(token: RefreshTokenHash, now: Date): Promise<void>;
  /** Whether the session is this user's, the user exists and it has neither ended nor been revoked. */
  isActive(sessionId: string, userId: UserId, now: Date): Promise<boolean>;
  /** Removes the sessions that ended before this moment; returns how many. */
  purgeEndedBefore(moment: Date): Promise<number>;
}

export class InvalidRefreshTokenError extends AppError {
  constructor(options: ErrorOptions = {}) {
    super('INVALID_REFRESH_TOKEN', 'The refresh token is not valid any more: log in again.', options);
  }
}

/** When a session that starts now ends. */
export const sessionExpiry = (now: Date): Date =>
  new Date(now.getTime() + SESSION_LIFETIME_DAYS * DAY_MILLISECONDS);

/** Sessions that ended before this moment are not needed any more. */
export const purgeMoment = (now: Date): Date =>
  new Date(now.getTime() - ENDED_SESSION_RETENTION_DAYS * DAY_MILLISECONDS);

/**
 * What presenting a refresh token leads to. A used one within the grace gets the same successor again, so that a
 * client whose answer was lost, and two refreshes at once, stay logged in on one chain. It is a theft where the
 * successor was used already (somebody did get the answer) or the grace is over: the family ends.
 */
export const decideRefresh = (family: TokenFamily, now: Date): RefreshDecision => {
  if (family.revokedAt !== null || family.session.expiresAt <= now) return 'REFUSE';
  if (family.usedAt === null) return 'ROTATE';
  const sinceUseSeconds = (now.getTime() - family.usedAt.getTime()) / 1000;
  const answerMayBeLost = family.successor !== null && family.successor.usedAt === null;
  return answerMayBeLost && sinceUseSeconds <= REFRESH_GRACE_SECONDS ? 'REPEAT' : 'REVOKE';
};
