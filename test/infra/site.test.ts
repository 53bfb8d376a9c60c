import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { Match } from 'aws-cdk-lib/assertions';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ROUTES } from '../../functions/contracts/routes.ts';
import { SITE_SECURITY_HEADERS, siteFileOf } from '../../functions/contracts/site.ts';
import { REPOSITORY_ROOT } from '../../lib/paths.ts';
import { ofType, resourcesOf, synthesizeStage } from './synthesize.ts';

const Behaviour = z.looseObject({
  PathPattern: z.string().optional(),
  TargetOriginId: z.string(),
  ViewerProtocolPolicy: z.string(),
  AllowedMethods: z.array(z.string()).optional(),
  CachePolicyId: z.string(),
  OriginRequestPolicyId: z.string().optional(),
  Compress: z.boolean(),
});
const Distribution = z.object({
  DistributionConfig: z.looseObject({
    DefaultCacheBehavior: Behaviour,
    CacheBehaviors: z.array(Behaviour),
    CustomErrorResponses: z.unknown().optional(),
  }),
});
const HeadersPolicy = z.object({
  ResponseHeadersPolicyConfig: z.object({
    CustomHeadersConfig: z.object({
      Items: z.array(z.object({ Header: z.string(), Value: z.string(), Override: z.literal(true) })),
    }),
    SecurityHeadersConfig: z.object({
      ContentSecurityPolicy: z.object({ ContentSecurityPolicy: z.string(), Override: z.literal(true) }),
      ContentTypeOptions: z.object({ Override: z.literal(true) }),
      FrameOptions: z.object({ FrameOption: z.string(), Override: z.literal(true) }),
      ReferrerPolicy: z.object({ ReferrerPolicy: z.string(), Override: z.literal(true) }),
      StrictTransportSecurity: z.object({
        AccessControlMaxAgeSec: z.number(),
        IncludeSubdomains: z.literal(true),
        Override: z.literal(true),
      }),
    }),
  }),
});

/** AWS's own policies, whose ids are the same in every account. */
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ALL_VIEWER_EXCEPT_HOST_HEADER = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

describe('The address for browsers', () => {
  const templates = synthesizeStage('dev');
  const resources = resourcesOf(templates);
  const [distribution] = ofType(resources, 'AWS::CloudFront::Distribution').map(
    ({ Properties }) => Distribution.parse(Properties).DistributionConfig,
  );
  const behaviours = distribution?.CacheBehaviors ?? [];
  const matches = (path: string) =>
    behaviours.filter(({ PathPattern = '' }) =>
      PathPattern.endsWith('/*') ? path.startsWith(PathPattern.slice(0, -1)) : path === PathPattern,
    );

  test.each(Object.values(ROUTES).map(({ path }) => path))(
    'leads %s to the API, uncached, with every method',
    (path) => {
      const [behaviour, ...others] = matches(path);
      expect(others).toEqual([]);
      expect(behaviour).toMatchObject({
        CachePolicyId: CACHING_DISABLED,
        OriginRequestPolicyId: ALL_VIEWER_EXCEPT_HOST_HEADER,
        ViewerProtocolPolicy: 'https-only',
      });
      expect(behaviour?.AllowedMethods).toEqual(
        expect.arrayContaining(['GET', 'POST', 'PATCH', 'DELETE', 'OPTIONS']),
      );
      expect(behaviour?.TargetOriginId).not.toBe(distribution?.DefaultCacheBehavior.TargetOriginId);
    },
  );

  test.each(['/', '/docs', '/docs/problems', '/openapi.json', '/assets/a-1.js'])(
    'leads %s to the bucket',
    (path) => {
      expect(matches(path)).toEqual([]);
    },
  );

  test('compresses static files and sends browsers to TLS', () => {
    expect(distribution?.DefaultCacheBehavior).toMatchObject({
      Compress: true,
      ViewerProtocolPolicy: 'redirect-to-https',
    });
  });

  // CloudFront would replace the bodies of the API's own 403 and 404 as well.
  test('replaces no error', () => expect(distribution?.CustomErrorResponses).toBeUndefined());

  test('gives static files the same security headers as the dev stack', () => {
    const [policy] = ofType(resources, 'AWS::CloudFront::ResponseHeadersPolicy').map(
      ({ Properties }) => HeadersPolicy.parse(Properties).ResponseHeadersPolicyConfig,
    );
    const { SecurityHeadersConfig: security, CustomHeadersConfig: custom } = policy ?? {};
    expect({
      ...Object.fromEntries(custom?.Items.map(({ Header, Value }) => [Header, Value]) ?? []),
      'content-security-policy': security?.ContentSecurityPolicy.ContentSecurityPolicy,
      'referrer-policy': security?.ReferrerPolicy.ReferrerPolicy,
      'strict-transport-security': `max-age=${security?.StrictTransportSecurity.AccessControlMaxAgeSec}; includeSubDomains`,
      'x-content-type-options': security?.ContentTypeOptions && 'nosniff',
      'x-frame-options': security?.FrameOptions.FrameOption,
    }).toEqual(SITE_SECURITY_HEADERS);
  });

  test('is the only reader of the bucket, and only for this distribution', () => {
    templates.app.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 's3:GetObject',
            Effect: 'Allow',
            Principal: { Service: 'cloudfront.amazonaws.com' },
            Condition: { StringEquals: { 'AWS:SourceArn': Match.anyValue() } },
          }),
        ]),
      },
    });
  });

  test('is published anew when a file changes, and the bucket is emptied before it goes', () => {
    templates.app.hasResource('Custom::Site', {
      Properties: { Fingerprint: Match.stringLikeRegexp('^[0-9a-f]{12}$') },
    });
    templates.app.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Publishes the static site',
      Environment: { Variables: Match.objectLike({ SITE_BUCKET: Match.anyValue() }) },
    });
  });

  test('finds files by the same rule as the dev stack', () => {
    const source = readFileSync(join(REPOSITORY_ROOT, 'lib', 'constructs', 'site-paths.js'), 'utf8');
    const find = (uri: string): unknown =>
      runInNewContext(`${source};handler({ request: { uri } }).uri`, { uri });
    const paths = fc.array(fc.constantFrom('docs', 'problems', 'a.js', 'openapi.json', ''), { maxLength: 4 });
    fc.assert(
      fc.property(paths, (parts) => {
        const path = `/${parts.join('/')}`;
        expect(find(path)).toBe(`/${siteFileOf(path)}`);
      }),
    );
  });
});

describe('Stage local', () => {
  test('has no site: the dev stack serves it', () => {
    const types = resourcesOf(synthesizeStage('local')).map(({ Type }) => Type);
    expect(types.filter((type) => type.includes('CloudFront'))).toEqual([]);
  });
});
