import type { Profile } from '../../contracts/http/account.ts';
import type { UserId } from '../../contracts/ids.ts';
import { AppError } from '../../shared/errors/app-error.ts';

/** A person with an account. */
export interface User {
  id: UserId;
  /** ASCII, lower case. */
  email: string;
  name: string | null;
  createdAt: Date;
}

/** A user and what proves that it is them. */
export interface UserCredentials {
  user: User;
  /** PHC string. */
  passwordHash: string;
}

/** Where the users are kept. */
export interface UserRepository {
  /** @throws EmailTakenError, also to all but one of those who try at once. */
  add(user: User, passwordHash: string): Promise<void>;
  findByEmail(email: string): Promise<UserCredentials | undefined>;
  findById(id: UserId): Promise<User | undefined>;
  /** The user with the new name; undefined where there is no such user. */
  rename(id: UserId, name: string | null, now: Date): Promise<User | undefined>;
  /** Does nothing where the stored hash is no longer `from`: the password was changed meanwhile. */
  replacePasswordHash(id: UserId, from: string, to: string): Promise<void>;
}

/** Another user registered this address before. */
export class EmailTakenError extends AppError {
  constructor(options: ErrorOptions = {}) {
    super('EMAIL_TAKEN', options);
  }
}

/** What a user is shown of themselves. */
export const toProfile = (user: User): Profile => ({
  id: user.id,
  email: user.email,
  name: user.name,
  createdAt: user.createdAt.toISOString(),
});
