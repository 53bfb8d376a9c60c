import * as z from 'zod';
import { API_INTEGRATION_TIMEOUT_MILLISECONDS } from '../constants.ts';
import { DevStackError } from '../errors.ts';
import { REF } from './attributes.ts';
import type { ApiModel, AuthorizerModel, GatewayResponseModel, RouteModel } from './model.ts';
import { Count, parseProperties, Text, titleOf, unsupported } from './parse.ts';
import { unqualifiedArn } from './read-functions.ts';
import type { LocatedResource, TemplateResolver } from './resolver.ts';

const RestApi = z.object({ BinaryMediaTypes: z.array(z.string()).default([]) });
const Stage = z.object({ StageName: z.string() });
const Resource = z.object({ ParentId: z.string(), PathPart: z.string() });
const Method = z.object({
  HttpMethod: z.string(),
  ResourceId: z.string(),
  AuthorizationType: z.string().default('NONE'),
  AuthorizerId: z.string().optional(),
  ApiKeyRequired: z.boolean().default(false),
  Integration: z.object({
    Type: z.string(),
    Uri: z.string().optional(),
    TimeoutInMillis: Count.optional(),
    ResponseTransferMode: z.string().default('BUFFERED'),
  }),
});
const Authorizer = z.object({
  Type: z.string(),
  AuthorizerUri: z.string().optional(),
  IdentitySource: z.string().default(''),
  IdentityValidationExpression: z.string().optional(),
  AuthorizerResultTtlInSeconds: Count.default(300),
});
const GatewayResponse = z.object({
  ResponseType: z.string(),
  StatusCode: Count.optional(),
  ResponseParameters: z.record(z.string(), Text).default({}),
  ResponseTemplates: z.record(z.string(), z.string()).default({}),
});

const HEADER_PARAMETER = 'gatewayresponse.header.';
const FUNCTION_IN_URI = /\/functions\/(arn:[^/]+)\/invocations$/;

/**
 * Reads the app's REST API; undefined if it has none.
 * @throws DevStackError TEMPLATE_UNSUPPORTED, also for a second REST API
 */
export const readApi = (resolver: TemplateResolver): ApiModel | undefined => {
  const [located, second] = resolver.resourcesOf('AWS::ApiGateway::RestApi');
  if (located === undefined) return undefined;
  if (second !== undefined) {
    throw new DevStackError(
      'TEMPLATE_UNSUPPORTED',
      `${titleOf(second)}: the dev stack runs only one REST API, and ${titleOf(located)} is the first`,
    );
  }
  const [stage] = resolver.resourcesOf('AWS::ApiGateway::Stage');
  const paths = readPaths(resolver, resolver.attribute(located, 'RootResourceId', titleOf(located)));
  return {
    id: resolver.attribute(located, REF, titleOf(located)),
    stageName: stage === undefined ? 'prod' : parseProperties(resolver, stage, Stage).StageName,
    binaryMediaTypes: parseProperties(resolver, located, RestApi).BinaryMediaTypes,
    routes: readRoutes(resolver, paths, readAuthorizers(resolver)),
    gatewayResponses: readGatewayResponses(resolver),
  };
};

const readPaths = (resolver: TemplateResolver, rootId: string): Map<string, string> => {
  const parts = new Map(
    resolver.resourcesOf('AWS::ApiGateway::Resource').map((located) => {
      const { ParentId, PathPart } = parseProperties(resolver, located, Resource);
      return [resolver.attribute(located, REF, titleOf(located)), { ParentId, PathPart }] as const;
    }),
  );
  const pathOf = (id: string): string => {
    const part = parts.get(id);
    if (part === undefined) return '';
    return `${pathOf(part.ParentId)}/${part.PathPart}`;
  };
  return new Map([[rootId, '/'], ...[...parts.keys()].map((id) => [id, pathOf(id)] as const)]);
};

const readRoutes = (
  resolver: TemplateResolver,
  paths: ReadonlyMap<string, string>,
  authorizers: ReadonlyMap<string, AuthorizerModel>,
): RouteModel[] =>
  resolver.resourcesOf('AWS::ApiGateway::Method').map((located) => {
    const method = parseProperties(resolver, located, Method);
    const { Integration, AuthorizationType } = method;
    const path = paths.get(method.ResourceId);
    if (path === undefined) throw unsupported(located, 'a method without its resource');
    if (Integration.Type !== 'AWS_PROXY')
      throw unsupported(located, `integrations of type ${Integration.Type}`);
    if (Integration.ResponseTransferMode !== 'BUFFERED') throw unsupported(located, 'streamed responses');
    if (method.ApiKeyRequired) throw unsupported(located, 'API keys');
    const authorizer =
      AuthorizationType === 'CUSTOM' ? authorizers.get(method.AuthorizerId ?? '') : undefined;
    if (AuthorizationType !== 'NONE' && authorizer === undefined) {
      throw unsupported(located, `authorization by ${AuthorizationType}`);
    }
    return {
      logicalId: located.logicalId,
      method: method.HttpMethod,
      path,
      functionArn: functionInUri(located, Integration.Uri),
      authorizer,
      timeoutMilliseconds: Integration.TimeoutInMillis ?? API_INTEGRATION_TIMEOUT_MILLISECONDS,
    };
  });

const functionInUri = (located: LocatedResource, uri: string | undefined): string => {
  const arn = FUNCTION_IN_URI.exec(uri ?? '')?.[1];
  if (arn === undefined) throw unsupported(located, `the integration URI ${uri}`);
  return unqualifiedArn(arn);
};

const readAuthorizers = (resolver: TemplateResolver): Map<string, AuthorizerModel> =>
  new Map(
    resolver.resourcesOf('AWS::ApiGateway::Authorizer').map((located) => {
      const authorizer = parseProperties(resolver, located, Authorizer);
      const { Type } = authorizer;
      if (Type !== 'TOKEN' && Type !== 'REQUEST') throw unsupported(located, `authorizers of type ${Type}`);
      const model: AuthorizerModel = {
        logicalId: located.logicalId,
        type: Type,
        functionArn: functionInUri(located, authorizer.AuthorizerUri),
        identitySources: authorizer.IdentitySource.split(',')
          .map((source) => source.trim())
          .filter((source) => source !== ''),
        validationExpression: authorizer.IdentityValidationExpression,
        ttlSeconds: authorizer.AuthorizerResultTtlInSeconds,
      };
      return [resolver.attribute(located, REF, titleOf(located)), model];
    }),
  );

const readGatewayResponses = (resolver: TemplateResolver): GatewayResponseModel[] =>
  resolver.resourcesOf('AWS::ApiGateway::GatewayResponse').map((located) => {
    const response = parseProperties(resolver, located, GatewayResponse);
    return {
      type: response.ResponseType,
      statusCode: response.StatusCode,
      templates: response.ResponseTemplates,
      headers: Object.fromEntries(
        Object.entries(response.ResponseParameters)
          .filter(([parameter]) => parameter.startsWith(HEADER_PARAMETER))
          .map(([parameter, value]) => [parameter.slice(HEADER_PARAMETER.length), value]),
      ),
    };
  });
