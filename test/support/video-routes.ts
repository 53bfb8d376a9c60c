import { ROUTES } from '../../functions/contracts/routes.ts';

/** Every route of one video, with its path: another user gets 404 from each. */
export const routesOfVideo = (id: string): [method: string, path: string][] =>
  Object.values(ROUTES)
    .filter(({ path }) => path.startsWith('/videos/{id}'))
    .map(({ method, path }) => [method, path.replace('{id}', id)]);
