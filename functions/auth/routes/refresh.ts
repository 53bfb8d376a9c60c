import type { AUTH_ROUTES } from '../../contracts/routes/auth.ts';
import type { Operation } from '../../shared/http/operation.ts';
import { type RefreshServices, refresh } from '../core/refresh.ts';

export const refreshOperation: Operation<typeof AUTH_ROUTES.refresh, RefreshServices> = (
  { body },
  services,
) => refresh(body, services);
