import * as z from 'zod';
import { Profile, UpdateProfileRequest } from '../../contracts/http.ts';
import { userRoute } from '../../shared/http/route.ts';
import { type ProfileServices, updateProfile } from '../core/profile.ts';

export const updateProfileRoute = userRoute({
  method: 'PATCH',
  path: '/auth/me',
  input: z.object({ body: UpdateProfileRequest }),
  answer: Profile,
  status: 200,
  run: ({ body }, services: ProfileServices, { caller }) => updateProfile(caller.userId, body, services),
});
