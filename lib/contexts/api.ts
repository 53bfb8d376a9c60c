import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { BEARER_TOKEN_EXPRESSION } from '../../functions/contracts/access.ts';
import type { HttpContext } from '../../functions/contracts/routes/route.ts';
import { ROUTES } from '../../functions/contracts/routes.ts';
import type { StageConfig } from '../config/stage.ts';
import { addProblemResponses } from '../constructs/problem-responses.ts';

/** A deleted user's token may be valid for this long, as the security design allows. */
const AUTHORIZATION_CACHE = Duration.seconds(60);

export interface ApiProps {
  readonly config: StageConfig;
  readonly authorizer: lambda.IFunction;
  /** The function for the routes of each context. */
  readonly functions: Readonly<Record<HttpContext, lambda.Function>>;
}

/** The API: all routes of the registry, with their functions and authorizers. */
export class Api extends Construct {
  readonly restApi: apigateway.RestApi;

  constructor(scope: Construct, id: string, { config, authorizer, functions }: ApiProps) {
    super(scope, id);
    const onAws = config.local === undefined;
    const api = new apigateway.RestApi(this, 'RestApi', {
      restApiName: `frame-flow-${config.stage}`,
      description: 'Frame Flow',
      endpointTypes: [apigateway.EndpointType.REGIONAL],
      cloudWatchRole: onAws,
      ...(onAws && { cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN }),
      deployOptions: {
        stageName: config.stage,
        throttlingRateLimit: config.throttling.requestsPerSecond,
        throttlingBurstLimit: config.throttling.burst,
        ...(onAws && accessLogs(this, config)),
      },
    });
    this.restApi = api;
    addProblemResponses(api, config.allowedOrigins);
    const tokenAuthorizer = new apigateway.TokenAuthorizer(this, 'Authorizer', {
      handler: authorizer,
      // Other values are refused without calling the authorizer.
      validationRegex: BEARER_TOKEN_EXPRESSION,
      resultsCacheTtl: AUTHORIZATION_CACHE,
    });
    addRoutes(api, functions, tokenAuthorizer);
    // The construct's own output has a hash in its name, but scripts need a stable name.
    api.node.tryRemoveChild('Endpoint');
    new CfnOutput(this, 'Url', { description: 'The API', value: api.url }).overrideLogicalId('ApiUrl');
  }
}

const accessLogs = (scope: Construct, config: StageConfig): apigateway.StageOptions => {
  const { AccessLogField: field } = apigateway;
  return {
    accessLogDestination: new apigateway.LogGroupLogDestination(
      new logs.LogGroup(scope, 'AccessLogs', {
        retention: config.logRetentionDays,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    ),
    accessLogFormat: apigateway.AccessLogFormat.custom(
      JSON.stringify({
        requestId: field.contextRequestId(),
        requestTime: field.contextRequestTime(),
        method: field.contextHttpMethod(),
        // The route, not the path, because the functions' own logs contain the ids.
        route: field.contextResourcePath(),
        status: field.contextStatus(),
        userId: field.contextAuthorizerPrincipalId(),
        sourceIp: field.contextIdentitySourceIp(),
        latencyMilliseconds: field.contextResponseLatency(),
        integrationError: field.contextIntegrationErrorMessage(),
      }),
    ),
  };
};

const addRoutes = (
  api: apigateway.RestApi,
  functions: ApiProps['functions'],
  authorizer: apigateway.IAuthorizer,
): void => {
  const integrations = {
    health: integrate(functions.health),
    auth: integrate(functions.auth),
    upload: integrate(functions.upload),
    download: integrate(functions.download),
  } satisfies Record<HttpContext, apigateway.LambdaIntegration>;
  const preflights = new Map<string, apigateway.LambdaIntegration>();
  for (const { method, path, context, auth } of Object.values(ROUTES)) {
    const integration = integrations[context];
    preflights.set(path, integration);
    api.root
      .resourceForPath(path)
      .addMethod(
        method,
        integration,
        auth === 'none' ? {} : { authorizer, authorizationType: apigateway.AuthorizationType.CUSTOM },
      );
  }
  // Browsers send preflights without a token. The resource's own function answers them.
  for (const [path, integration] of preflights) {
    api.root.resourceForPath(path).addMethod('OPTIONS', integration);
  }
};

/** One permission per function, not per method, because a function's policy is limited to 20 KB. */
const integrate = (handler: lambda.Function): apigateway.LambdaIntegration =>
  new apigateway.LambdaIntegration(handler, { scopePermissionToMethod: false });
