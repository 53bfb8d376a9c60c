import type { UserId } from '../../../contracts/ids.ts';

/** Knows which sessions a token may still be used in. */
export interface ActiveSessions {
  /** Whether the session is this user's, the user exists and it has neither ended nor been revoked. */
  isActive(sessionId: string, userId: UserId, now: Date): Promise<boolean>;
}
