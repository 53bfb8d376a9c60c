import { presignConnect, processSigner } from '../aws/presigned-token.ts';

/** The database and the user of a login. */
export interface DatabaseTokenRequest {
  host: string;
  port: number;
  user: string;
}

/** Creates the password of a PostgreSQL role that is a member of `rds_iam`. */
export const createDatabaseToken = (
  { host, port, user }: DatabaseTokenRequest,
  signer = processSigner(),
): Promise<string> =>
  presignConnect({ service: 'rds-db', host: `${host}:${port}`, user: { DBUser: user } }, signer);
