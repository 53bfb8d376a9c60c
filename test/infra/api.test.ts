import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { Problem } from '../../functions/contracts/problem.ts';
import { ROUTES } from '../../functions/contracts/routes.ts';
import { ofType, parseTemplate, synthesizeStage } from './synthesize.ts';

const CALLS = Object.values(ROUTES);

const Ref = z.object({ Ref: z.string() });
const ResourceProperties = z.object({ PathPart: z.string(), ParentId: z.union([Ref, z.looseObject({})]) });
const MethodProperties = z.looseObject({
  HttpMethod: z.string(),
  ResourceId: Ref,
  AuthorizationType: z.string(),
  AuthorizerId: Ref.optional(),
  Integration: z.looseObject({ Type: z.string(), Uri: z.unknown() }),
});

interface Method {
  method: string;
  path: string;
  authorizationType: string;
  authorizer: string | undefined;
  integration: string;
}

const methodsOf = (template: Template): Method[] => {
  const { Resources } = parseTemplate(template);
  const pathOf = (id: string): string => {
    const { PathPart, ParentId } = ResourceProperties.parse(Resources[id]?.Properties);
    const parent = Ref.safeParse(ParentId);
    return `${parent.success ? pathOf(parent.data.Ref) : ''}/${PathPart}`;
  };
  return ofType(Object.values(Resources), 'AWS::ApiGateway::Method')
    .map((resource) => MethodProperties.parse(resource.Properties))
    .map(({ HttpMethod, ResourceId, AuthorizationType, AuthorizerId, Integration }) => ({
      method: HttpMethod,
      path: pathOf(ResourceId.Ref),
      authorizationType: AuthorizationType,
      authorizer: AuthorizerId?.Ref,
      integration: JSON.stringify(Integration),
    }));
};

describe('The API', () => {
  const { app } = synthesizeStage('dev');
  const methods = methodsOf(app);
  const calls = methods.filter(({ method }) => method !== 'OPTIONS');

  test('offers exactly the operations of the contract', () => {
    const nameOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;
    expect(calls.map(nameOf).toSorted()).toEqual(CALLS.map(nameOf).toSorted());
  });

  test.each(CALLS)(
    '$method $path is answered by $context, access: $auth',
    ({ method, path, context, auth }) => {
      const call = calls.find((candidate) => candidate.method === method && candidate.path === path);
      expect(call?.integration).toContain('AWS_PROXY');
      expect(call?.integration).toMatch(new RegExp(`"${context}Http`, 'i'));
      expect(call?.authorizationType).toBe(auth === 'user' ? 'CUSTOM' : 'NONE');
      if (auth === 'user') expect(call?.authorizer).toMatch(/^ApiAuthorizer/);
      else expect(call?.authorizer).toBeUndefined();
    },
  );

  test("sends the preflight of every path to the path's own function, without a token", () => {
    const paths = [...new Set(CALLS.map(({ path }) => path))];
    for (const path of paths) {
      const preflight = methods.find((method) => method.method === 'OPTIONS' && method.path === path);
      const call = calls.find((method) => method.path === path);
      expect(preflight?.authorizationType, path).toBe('NONE');
      expect(preflight?.integration, path).toBe(call?.integration);
    }
  });

  test('caches the authorizer’s answer for a minute, and calls it only for well-formed tokens', () => {
    const [authorizer] = ofType(Object.values(parseTemplate(app).Resources), 'AWS::ApiGateway::Authorizer');
    const { IdentityValidationExpression: expression } = z
      .looseObject({ IdentityValidationExpression: z.string() })
      .parse(authorizer?.Properties);
    expect(authorizer?.Properties).toMatchObject({
      Type: 'TOKEN',
      IdentitySource: 'method.request.header.Authorization',
      AuthorizerResultTtlInSeconds: 60,
    });
    const pattern = new RegExp(expression);
    expect(pattern.test('Bearer eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2ln-_')).toBe(true);
    for (const refused of [
      '',
      'Bearer',
      'Bearer a.b',
      'Bearer a.b.c.d',
      'Basic a.b.c',
      'x Bearer a.b.c',
      'Bearer a.b. ',
    ])
      expect(pattern.test(refused), refused).toBe(false);
  });

  test('limits the rate of requests and logs them', () => {
    app.hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: Match.arrayWith([
        Match.objectLike({
          HttpMethod: '*',
          ResourcePath: '/*',
          ThrottlingRateLimit: 20,
          ThrottlingBurstLimit: 40,
        }),
      ]),
      AccessLogSetting: { DestinationArn: Match.anyValue(), Format: Match.stringLikeRegexp('requestId') },
    });
  });
});

describe('An answer of API Gateway’s own', () => {
  const { app } = synthesizeStage('dev', { allowedOrigins: 'https://first.example,https://second.example' });
  const Answer = z.object({
    ResponseType: z.string(),
    StatusCode: z.string(),
    ResponseParameters: z.record(z.string(), z.string()),
    ResponseTemplates: z.object({ 'application/json': z.string() }),
  });
  const answers = ofType(Object.values(parseTemplate(app).Resources), 'AWS::ApiGateway::GatewayResponse').map(
    (resource) => Answer.parse(resource.Properties),
  );
  const answerTo = (type: string) => {
    const answer = answers.find(({ ResponseType }) => ResponseType === type);
    if (!answer) throw new Error(`no answer to ${type}`);
    return {
      headers: answer.ResponseParameters,
      problem: Problem.parse(JSON.parse(answer.ResponseTemplates['application/json'])),
    };
  };

  test('is a problem with a code and the status of the answer, readable for the first allowed origin', () => {
    expect(answers.length).toBeGreaterThan(0);
    for (const { ResponseType, StatusCode } of answers) {
      const { headers, problem } = answerTo(ResponseType);
      expect(String(problem.status), ResponseType).toBe(StatusCode);
      expect(problem.correlationId).toBe('$context.requestId');
      expect(headers).toMatchObject({
        'gatewayresponse.header.Content-Type': "'application/problem+json'",
        'gatewayresponse.header.Access-Control-Allow-Origin': "'https://first.example'",
      });
    }
  });

  test.each([
    ['UNAUTHORIZED', 401, 'UNAUTHENTICATED'],
    ['ACCESS_DENIED', 403, 'FORBIDDEN'],
    ['MISSING_AUTHENTICATION_TOKEN', 404, 'NOT_FOUND'],
    ['REQUEST_TOO_LARGE', 413, 'PAYLOAD_TOO_LARGE'],
    ['THROTTLED', 429, 'TOO_MANY_REQUESTS'],
    ['INTEGRATION_TIMEOUT', 503, 'UNAVAILABLE'],
    ['DEFAULT_4XX', 400, 'VALIDATION_FAILED'],
  ])('is for %s a %i %s', (type, status, code) => {
    expect(answerTo(type).problem).toMatchObject({ status, code });
  });

  // The function crashed during the call, so the client may retry.
  test.each(['DEFAULT_5XX', 'INTEGRATION_FAILURE', 'INTEGRATION_TIMEOUT', 'AUTHORIZER_FAILURE'])(
    'is for %s 503 with Retry-After',
    (type) => {
      const { headers, problem } = answerTo(type);
      expect(problem).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
      expect(headers).toHaveProperty('gatewayresponse.header.Retry-After', "'5'");
    },
  );

  test('names the Bearer scheme to a caller without a token', () => {
    expect(answerTo('UNAUTHORIZED').headers).toHaveProperty(
      'gatewayresponse.header.WWW-Authenticate',
      "'Bearer'",
    );
  });
});
