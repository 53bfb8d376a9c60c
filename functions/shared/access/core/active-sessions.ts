import type { UserId } from '../../../contracts/ids.ts';

/** Finds active sessions. */
export interface ActiveSessions {
  /** Whether the session belongs to this user, the user exists, and the session has not expired and was not revoked. */
  isActive(sessionId: string, userId: UserId, now: Date): Promise<boolean>;
}
