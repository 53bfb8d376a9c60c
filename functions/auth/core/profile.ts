import type { Profile, UpdateProfileRequest } from '../../contracts/http/account.ts';
import type { UserId } from '../../contracts/ids.ts';
import { InvalidAccessTokenError } from '../../shared/access/core/access-tokens.ts';
import { toProfile, type UserRepository } from './users.ts';

/** The dependencies of `getProfile` and `updateProfile`. */
export interface ProfileServices {
  users: Pick<UserRepository, 'findById' | 'rename'>;
  now: () => Date;
}

/** @throws InvalidAccessTokenError if the user was deleted while the authorizer's result was cached */
export const getProfile = async (userId: UserId, { users }: ProfileServices): Promise<Profile> => {
  const user = await users.findById(userId);
  if (user === undefined) throw new InvalidAccessTokenError('user gone');
  return toProfile(user);
};

/** @throws InvalidAccessTokenError in the same case as `getProfile` */
export const updateProfile = async (
  userId: UserId,
  { name }: UpdateProfileRequest,
  { users, now }: ProfileServices,
): Promise<Profile> => {
  const user = await users.rename(userId, name, now());
  if (user === undefined) throw new InvalidAccessTokenError('user gone');
  return toProfile(user);
};
