import type { Profile, RegisterRequest } from '../../contracts/http/account.ts';
import type { UserId } from '../../contracts/ids.ts';
import { assertAcceptablePassword, normalizePassword, type PasswordHasher } from './passwords.ts';
import { registrationRules } from './throttle-rules.ts';
import type { Throttle } from './throttling.ts';
import { toProfile, type User, type UserRepository } from './users.ts';

/** The dependencies of `register`. */
export interface RegisterServices {
  users: Pick<UserRepository, 'add'>;
  hasher: Pick<PasswordHasher, 'hash'>;
  throttle: Throttle;
  newUserId: () => UserId;
  now: () => Date;
}

/** Creates an account. @throws ValidationFailedError, EmailTakenError, TooManyRequestsError, UnavailableError */
export const register = async (
  request: RegisterRequest,
  sourceIp: string,
  services: RegisterServices,
): Promise<Profile> => {
  assertAcceptablePassword(request.password, request.email);
  const attempt = await services.throttle.admit(registrationRules(sourceIp));
  try {
    const passwordHash = await services.hasher.hash(normalizePassword(request.password));
    const user: User = {
      id: services.newUserId(),
      email: request.email,
      name: request.name ?? null,
      createdAt: services.now(),
    };
    await services.users.add(user, passwordHash);
    return toProfile(user);
  } finally {
    await attempt.settle('counted');
  }
};
