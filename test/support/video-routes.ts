import { ROUTES } from '../../functions/contracts/routes.ts';

/** The method and path of every route of one video. */
export const routesOfVideo = (id: string): [method: string, path: string][] =>
  Object.values(ROUTES)
    .filter(({ path }) => path.startsWith('/videos/{id}'))
    .map(({ method, path }) => [method, path.replace('{id}', id)]);
