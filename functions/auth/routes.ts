import type { Route } from '../shared/http/route.ts';
import { getProfileRoute } from './routes/get-profile.ts';
import { jwksRoute } from './routes/jwks.ts';
import { loginRoute } from './routes/login.ts';
import { logoutRoute } from './routes/logout.ts';
import { refreshRoute } from './routes/refresh.ts';
import { registerRoute } from './routes/register.ts';
import { updateProfileRoute } from './routes/update-profile.ts';
import type { AuthServices } from './services.ts';

/** Every route of this context. */
export const authRoutes: readonly Route<AuthServices>[] = [
  registerRoute,
  loginRoute,
  refreshRoute,
  logoutRoute,
  getProfileRoute,
  updateProfileRoute,
  jwksRoute,
];
