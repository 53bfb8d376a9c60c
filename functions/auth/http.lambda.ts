import { createHttpHandler } from '../shared/http/http-handler.ts';
import { getProfileRoute } from './routes/get-profile.ts';
import { jwksRoute } from './routes/jwks.ts';
import { loginRoute } from './routes/login.ts';
import { logoutRoute } from './routes/logout.ts';
import { refreshRoute } from './routes/refresh.ts';
import { registerRoute } from './routes/register.ts';
import { updateProfileRoute } from './routes/update-profile.ts';
import { type AuthServices, buildAuthServices } from './services.ts';

export const handler = createHttpHandler<AuthServices>({
  build: buildAuthServices,
  routes: [
    registerRoute,
    loginRoute,
    refreshRoute,
    logoutRoute,
    getProfileRoute,
    updateProfileRoute,
    jwksRoute,
  ],
});
