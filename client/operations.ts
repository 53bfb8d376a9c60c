import type { Contract, OperationId, Repetition, StatusOf } from './types.ts';

/** What the client knows about an operation at runtime. */
type Row<Id extends OperationId> = readonly [
  access: Contract<Id>['auth'],
  method: Contract<Id>['method'],
  path: Contract<Id>['path'],
  status: StatusOf<Id>,
  repetition: Repetition<Id>,
];

/** One row for each operation of the registry. */
export type Rows = { readonly [Id in OperationId]: Row<Id> };

/**
 * The registry's operations as a short table, so that the client's bundle contains no schema and no zod. The compiler
 * checks every row against the registry: a missing or a wrong row does not compile.
 *
 * Every operation can be repeated. A second `login` starts one more session. After a lost answer `register` answers
 * EMAIL_TAKEN, and the error is marked as uncertain. `refresh` answers the same tokens again during the grace.
 */
export const OPERATIONS = {
  getHealth: ['none', 'GET', '/health', 200, 'repeatable'],
  register: ['none', 'POST', '/auth/register', 201, 'repeatable'],
  // The delay of a login can be hours, so the user has to know about it.
  login: ['none', 'POST', '/auth/login', 200, 'unless-throttled'],
  refresh: ['none', 'POST', '/auth/refresh', 200, 'repeatable'],
  logout: ['none', 'POST', '/auth/logout', 204, 'repeatable'],
  getProfile: ['user', 'GET', '/auth/me', 200, 'repeatable'],
  updateProfile: ['user', 'PATCH', '/auth/me', 200, 'repeatable'],
  getJwks: ['none', 'GET', '/.well-known/jwks.json', 200, 'repeatable'],
  createVideo: ['user', 'POST', '/videos', 201, 'keyed'],
  listVideos: ['user', 'GET', '/videos', 200, 'repeatable'],
  getVideo: ['user', 'GET', '/videos/{id}', 200, 'repeatable'],
  deleteVideo: ['user', 'DELETE', '/videos/{id}', 202, 'repeatable'],
  getTimeline: ['user', 'GET', '/videos/{id}/events', 200, 'repeatable'],
  getDownload: ['user', 'GET', '/videos/{id}/download', 200, 'repeatable'],
  listFrames: ['user', 'GET', '/videos/{id}/frames', 200, 'repeatable'],
} as const satisfies Rows;
