/** The database that all contexts share. Each context has its own schema and role. */
export const DATABASE_NAME = 'frame_flow';

/** Contexts with a schema in PostgreSQL; the orchestrator keeps its sagas in DynamoDB. */
export const DATABASE_CONTEXTS = ['auth', 'upload', 'process', 'download'] as const;
export type DatabaseContext = (typeof DATABASE_CONTEXTS)[number];

/** Contexts that store their events in an outbox. */
export const OUTBOX_CONTEXTS = [
  'upload',
  'process',
  'download',
] as const satisfies readonly DatabaseContext[];
export type OutboxContext = (typeof OUTBOX_CONTEXTS)[number];

/**
 * The logins of a context's processes. Each login has its own role and connection limit, so that HTTP functions cannot
 * use up the connections that background processes need.
 * - `background`: inboxes, sweeps, the worker. Its role holds the context's rights.
 * - `http`: the function that answers the context's HTTP calls. Its role is a member of the background role.
 * - `authorizer`: the API's authorizer. It has its own login, so that many logins at once do not lock out signed-in
 *   users.
 */
export const DATABASE_LOGINS = {
  auth: ['background', 'http', 'authorizer'],
  upload: ['background', 'http'],
  process: ['background'],
  download: ['background', 'http'],
} as const satisfies Record<DatabaseContext, readonly DatabaseLogin[]>;
export type DatabaseLogin = 'background' | 'http' | 'authorizer';

/** The role of a login. It has rights only on the schema with the context's name. */
export const databaseRole = (context: DatabaseContext, login: DatabaseLogin = 'background'): string =>
  login === 'background' ? `frame_flow_${context}` : `frame_flow_${context}_${login}`;

/** All roles that processes log in as. */
export const LOGIN_ROLES: readonly string[] = DATABASE_CONTEXTS.flatMap((context) =>
  DATABASE_LOGINS[context].map((login) => databaseRole(context, login)),
);

/** A connection that was idle for longer, by the wall clock, is not used again, because it may be dead. */
export const CONNECTION_MAX_IDLE_SECONDS = 60;

/**
 * The server ends a session that is idle for longer. A frozen sandbox cannot close its connection, which then counts
 * against the limit of its role. The value exceeds the client's limit, so that the client replaces an idle connection
 * first.
 */
export const SERVER_IDLE_SESSION_SECONDS = CONNECTION_MAX_IDLE_SECONDS + 15;
