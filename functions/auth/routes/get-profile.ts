import * as z from 'zod';
import { Profile } from '../../contracts/http.ts';
import { userRoute } from '../../shared/http/route.ts';
import { getProfile, type ProfileServices } from '../core/profile.ts';

export const getProfileRoute = userRoute({
  method: 'GET',
  path: '/auth/me',
  input: z.object({}),
  answer: Profile,
  status: 200,
  run: (_input, services: ProfileServices, { caller }) => getProfile(caller.userId, services),
});
