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

/** The role that a context's functions log in as: rights on the schema of its own name alone. */
export const databaseRole = (context: DatabaseContext): string => `frame_flow_${context}`;
