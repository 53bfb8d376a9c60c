import type { AUTH_ROUTES } from '../../contracts/routes/auth.ts';
import type { Operations } from '../../shared/http/operation.ts';
import type { AuthServices } from '../services.ts';
import { getJwksOperation } from './get-jwks.ts';
import { getProfileOperation } from './get-profile.ts';
import { loginOperation } from './login.ts';
import { logoutOperation } from './logout.ts';
import { refreshOperation } from './refresh.ts';
import { registerOperation } from './register.ts';
import { updateProfileOperation } from './update-profile.ts';

/** One operation for each route of this context. */
export const authOperations: Operations<typeof AUTH_ROUTES, AuthServices> = {
  register: registerOperation,
  login: loginOperation,
  refresh: refreshOperation,
  logout: logoutOperation,
  getProfile: getProfileOperation,
  updateProfile: updateProfileOperation,
  getJwks: getJwksOperation,
};
