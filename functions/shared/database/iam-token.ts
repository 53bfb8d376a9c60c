import { presignConnect, processSigner } from '../aws/presigned-token.ts';

/** Who logs in to what. */
export interface DatabaseTokenRequest {
  host: string;
  port: number;
  user: string;
}

/** The password of a PostgreSQL role that is a member of `rds_iam`. */
export const createDatabaseToken = (
  { host, port, user }: DatabaseTokenRequest,
  signer = processSigner(),
): Promise<string> =>
  presignConnect({ service: 'rds-db', host: `${host}:${port}`, user: { DBUser: user } }, signer);
