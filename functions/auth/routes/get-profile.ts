import type { AUTH_ROUTES } from '../../contracts/routes/auth.ts';
import type { Operation } from '../../shared/http/operation.ts';
import { getProfile, type ProfileServices } from '../core/profile.ts';

export const getProfileOperation: Operation<typeof AUTH_ROUTES.getProfile, ProfileServices> = (
  _input,
  services,
  { caller },
) => getProfile(caller.userId, services);
