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

/** A user and the password hash. */
export interface UserCredentials {
  user: User;
  /** PHC string. */
  passwordHash: string;
}

/** Stores the users. */
export interface UserRepository {
  /** @throws EmailTakenError if the email has an account; of several simultaneous calls, only one succeeds */
  add(user: User, passwordHash: string): Promise<void>;
  findByEmail(email: string): Promise<UserCredentials | undefined>;
  findById(id: UserId): Promise<User | undefined>;
  /** Returns the user with the new name; undefined if the user does not exist. */
  rename(id: UserId, name: string | null, now: Date): Promise<User | undefined>;
  /** Does nothing if the stored hash is no longer `from`, because the password was changed in the meantime. */
  replacePasswordHash(id: UserId, from: string, to: string): Promise<void>;
}

/** Another user has already registered this address. */
export class EmailTakenError extends AppError {
  constructor(options: ErrorOptions = {}) {
    super('EMAIL_TAKEN', options);
  }
}

/** The profile that the user sees. */
export const toProfile = (user: User): Profile => ({
  id: user.id,
  email: user.email,
  name: user.name,
  createdAt: user.createdAt.toISOString(),
});
