import { presignConnect, processSigner } from '../aws/presigned-token.ts';

/** The user and the replication group of a login. Both ids are in lower case, as ElastiCache stores them. */
export interface IamTokenRequest {
  userId: string;
  replicationGroupId: string;
}

/** Creates the password of an ElastiCache IAM user. */
export const createIamToken = (
  { userId, replicationGroupId }: IamTokenRequest,
  signer = processSigner(),
): Promise<string> =>
  presignConnect({ service: 'elasticache', host: replicationGroupId, user: { User: userId } }, signer);
