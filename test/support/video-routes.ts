/** Every route of one video: what another user gets 404 for. */
export const routesOfVideo = (id: string) =>
  [
    ['GET', `/videos/${id}`],
    ['GET', `/videos/${id}/events`],
    ['GET', `/videos/${id}/download`],
    ['GET', `/videos/${id}/frames`],
    ['DELETE', `/videos/${id}`],
  ] as const;
