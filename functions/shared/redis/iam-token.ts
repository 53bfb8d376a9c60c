import { presignConnect, processSigner } from '../aws/presigned-token.ts';

/** Who logs in to what; both ids in lower case, as ElastiCache stores them. */
export interface IamTokenRequest {
  userId: string;
  replicationGroupId: string;
}

/** The password of an ElastiCache IAM user. */
export const createIamToken = (
  { userId, replicationGroupId }: IamTokenRequest,
  signer = processSigner(),
): Promise<string> =>
  presignConnect({ service: 'elasticache', host: replicationGroupId, user: { User: userId } }, signer);
