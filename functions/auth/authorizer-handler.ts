import type { APIGatewayAuthorizerResult, APIGatewayTokenAuthorizerEvent } from 'aws-lambda';
import { type Identity, InvalidAccessTokenError } from '../shared/access/core/access-tokens.ts';
import { type AuthorizeServices, authorize } from '../shared/access/core/authorize.ts';
import { once } from '../shared/config/cold-start.ts';
import { logger } from '../shared/logging/logger.ts';

/**
 * Creates the handler of API Gateway's TOKEN authorizer. API Gateway returns 401 for exactly the message `Unauthorized`
 * and 500 for any other error. So during an outage, no call is admitted and no valid token is reported as invalid.
 */
export const createAuthorizerHandler = (build: () => Promise<AuthorizeServices>) => {
  const services = once(build);
  return async (event: APIGatewayTokenAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    try {
      const identity = await authorize(event.authorizationToken, await services());
      return allow(identity, event.methodArn);
    } catch (error) {
      if (error instanceof InvalidAccessTokenError) {
        logger.info('Access token refused', { reason: error.reason });
        throw new Error('Unauthorized');
      }
      logger.error('Access token not checked', { error });
      throw error;
    }
  };
};

/** Allows the whole stage, because API Gateway caches the result by token and applies it to every route. */
const allow = ({ userId, sessionId }: Identity, methodArn: string): APIGatewayAuthorizerResult => ({
  principalId: userId,
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: stageArn(methodArn) }],
  },
  context: { userId, sessionId },
});

// `arn:aws:execute-api:region:account:api/stage/GET/videos` → `arn:aws:execute-api:region:account:api/stage/*/*`
const stageArn = (methodArn: string): string => {
  const [api, stage] = methodArn.split('/');
  return `${api}/${stage}/*/*`;
};
