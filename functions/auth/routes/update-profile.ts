import type { AUTH_ROUTES } from '../../contracts/routes/auth.ts';
import type { Operation } from '../../shared/http/operation.ts';
import { type ProfileServices, updateProfile } from '../core/profile.ts';

export const updateProfileOperation: Operation<typeof AUTH_ROUTES.updateProfile, ProfileServices> = (
  { body },
  services,
  { caller },
) => updateProfile(caller.userId, body, services);
