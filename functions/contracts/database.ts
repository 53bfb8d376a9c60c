/** The one database that all contexts share, each with its own schema and role. */
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
 * As what a context's processes log in, each with a role and a limit of connections of its own: what answers users can
 * use up no connection that the rest needs.
 * - `background`: inboxes, sweeps, the worker. Its role owns the context's rights.
 * - `http`: the function that answers the context's HTTP calls. Its role is a member of the background's.
 * - `authorizer`: the API's authorizer, so that many logins at once do not keep signed-in users out.
 */
export const DATABASE_LOGINS = {
  auth: ['background', 'http', 'authorizer'],
  upload: ['background', 'http'],
  process: ['background'],
  download: ['background', 'http'],
} as const satisfies Record<DatabaseContext, readonly DatabaseLogin[]>;
export type DatabaseLogin = 'background' | 'http' | 'authorizer';

/** The role with rights on the schema of the context's name alone; background processes log in as it. */
export const databaseRole = (context: DatabaseContext, login: DatabaseLogin = 'background'): string =>
  login === 'background' ? `frame_flow_${context}` : `frame_flow_${context}_${login}`;

/** Every role that a process logs in as. */
export const LOGIN_ROLES: readonly string[] = DATABASE_CONTEXTS.flatMap((context) =>
  DATABASE_LOGINS[context].map((login) => databaseRole(context, login)),
);

/** A connection that was idle for longer, by the wall clock, is not used again: it may be dead. */
export const CONNECTION_MAX_IDLE_SECONDS = 60;

/**
 * After so long the server ends an idle session. A frozen sandbox cannot close its connection, and would keep it from
 * the others of its role. Longer than a client uses an idle connection, so that the client is the one to replace it.
 */
export const SERVER_IDLE_SESSION_SECONDS = CONNECTION_MAX_IDLE_SECONDS + 15;
