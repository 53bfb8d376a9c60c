import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { InvalidAccessTokenError } from '../../functions/shared/access/core/access-tokens.ts';
import { problemResponse } from '../../functions/shared/http/problem.ts';
import { ofType, parseTemplate, type Resource, synthesizeStage } from './synthesize.ts';

const Variables = z.record(z.string(), z.unknown());
const Environment = z.object({ Variables });

/** Logical id (without CDK's hash) and variables of every function that has variables. */
const environmentsOf = (resources: Record<string, Resource>): [string, z.infer<typeof Variables>][] =>
  Object.entries(resources).flatMap(([id, { Type, Properties }]) => {
    const environment = Environment.safeParse(Properties.Environment);
    return Type === 'AWS::Lambda::Function' && environment.success
      ? [[id.replace(/[0-9A-F]{8}$/, ''), environment.data.Variables]]
      : [];
  });
const resourcesOfApp = (stage: 'dev' | 'prod' | 'local', local?: Record<string, unknown>) =>
  parseTemplate(synthesizeStage(stage, { local }).app).Resources;
const httpOnly = (environments: [string, z.infer<typeof Variables>][]) =>
  environments.filter(([, variables]) => 'ALLOWED_ORIGINS' in variables);

const HTTP_FUNCTIONS = ['AuthHttp', 'DownloadHttp', 'HealthHttp', 'UploadHttp'];

describe.each(['dev', 'prod'] as const)('In stage %s', (stage) => {
  const resources = resourcesOfApp(stage);
  const environments = environmentsOf(resources);

  test('every HTTP function trusts the authorizer and cannot check a token itself', () => {
    const http = httpOnly(environments);
    expect(http.map(([id]) => id).toSorted()).toEqual(HTTP_FUNCTIONS);
    for (const [id, variables] of http) expect(variables.ACCESS_CHECK, id).toBe('gateway');
    for (const [id, variables] of environments)
      expect(variables, id).not.toHaveProperty('ACCESS_DATABASE_USER');
  });

  test('only auth’s functions know auth’s role, and only they and the self-test may log in as it', () => {
    // The migrations create the role, so their connection limits name it.
    const told = environments.filter(
      ([id, variables]) =>
        !id.startsWith('Migrations') && JSON.stringify(variables).includes('frame_flow_auth'),
    );
    expect(told.length).toBeGreaterThan(0);
    expect(told.map(([id]) => id.slice(0, 4))).toEqual(told.map(() => 'Auth'));
    const Policy = z.looseObject({ Roles: z.array(z.object({ Ref: z.string() })) });
    const allowed = ofType(Object.values(resources), 'AWS::IAM::Policy')
      .filter(({ Properties }) => JSON.stringify(Properties).includes('/frame_flow_auth'))
      .flatMap(({ Properties }) => Policy.parse(Properties).Roles.map(({ Ref }) => Ref));
    expect(allowed.length).toBeGreaterThan(0);
    for (const role of allowed) expect(role).toMatch(/^(Auth|SelfTest)/);
  });

  test('users and functions reach S3 at the same address', () => {
    for (const [id, variables] of environments)
      expect(variables, id).not.toHaveProperty('S3_PUBLIC_ENDPOINT');
  });
});

describe('In stage local', () => {
  test('every HTTP function checks tokens itself as the authorizer’s role, and the template keeps the authorizer', () => {
    const resources = resourcesOfApp('local');
    const http = httpOnly(environmentsOf(resources));
    expect(http.map(([id]) => id).toSorted()).toEqual(HTTP_FUNCTIONS);
    for (const [id, variables] of http)
      expect(variables, id).toMatchObject({
        ACCESS_CHECK: 'function',
        ACCESS_DATABASE_USER: 'frame_flow_auth_authorizer',
      });
    expect(ofType(Object.values(resources), 'AWS::ApiGateway::Authorizer')).toHaveLength(1);
  });

  test('HTTP functions trust the authorizer when the template is deployed behind one', () => {
    for (const [id, variables] of httpOnly(
      environmentsOf(resourcesOfApp('local', { accessCheck: 'gateway' })),
    )) {
      expect(variables.ACCESS_CHECK, id).toBe('gateway');
      expect(variables, id).not.toHaveProperty('ACCESS_DATABASE_USER');
    }
  });

  test('forms and URLs carry the public address of the storage', () => {
    const addressesOf = (local?: Record<string, unknown>) =>
      environmentsOf(resourcesOfApp('local', local)).flatMap(([id, { S3_PUBLIC_ENDPOINT: address }]) =>
        address === undefined ? [] : [[id, address]],
      );
    expect(Object.fromEntries(addressesOf())).toMatchObject({
      UploadHttp: 'http://localhost:4566',
      DownloadHttp: 'http://localhost:4566',
    });
    for (const [, address] of addressesOf({ publicStorageUrl: 'http://10.0.0.7:3001' }))
      expect(address).toBe('http://10.0.0.7:3001');
  });

  test('the output MigrateFunctionName names the function that migrates', () => {
    const { Outputs, Resources } = parseTemplate(synthesizeStage('local').app);
    const { Ref } = z.object({ Ref: z.string() }).parse(Outputs.MigrateFunctionName?.Value);
    expect(JSON.stringify(Resources[Ref]?.Properties)).toContain('DATABASE_ADMIN_USER');
  });
});

test('A function refuses a token with the same answer as API Gateway', () => {
  const Response = z.looseObject({
    StatusCode: z.string(),
    ResponseParameters: z.record(z.string(), z.string()),
    ResponseTemplates: z.object({ 'application/json': z.string() }),
  });
  const gateway = ofType(Object.values(resourcesOfApp('dev')), 'AWS::ApiGateway::GatewayResponse').find(
    ({ Properties }) => Properties.ResponseType === 'UNAUTHORIZED',
  );
  const { StatusCode, ResponseParameters, ResponseTemplates } = Response.parse(gateway?.Properties);
  const answer = problemResponse(new InvalidAccessTokenError('expired'), '$context.requestId');
  expect(String(answer.statusCode)).toBe(StatusCode);
  expect(JSON.parse(answer.body)).toEqual(JSON.parse(ResponseTemplates['application/json']));
  const ofGateway = (name: string) => ResponseParameters[`gatewayresponse.header.${name}`];
  expect(ofGateway('Content-Type')).toBe(`'${answer.headers?.['content-type']}'`);
  expect(ofGateway('WWW-Authenticate')).toBe(`'${answer.headers?.['www-authenticate']}'`);
});
