import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { functionsOf, isOurs } from './functions.ts';
import { ofType, parseTemplate, resourcesOf, synthesizeStage } from './synthesize.ts';

test('A network in named zones has its subnets only in these zones', () => {
  const { network } = synthesizeStage('dev', { zones: 'eu-west-1b,eu-west-1c' });
  if (!network) throw new Error('the stage has no network');
  const subnets = ofType(Object.values(parseTemplate(network).Resources), 'AWS::EC2::Subnet');
  expect(subnets.map(({ Properties }) => Properties.AvailabilityZone).toSorted()).toEqual([
    'eu-west-1b',
    'eu-west-1b',
    'eu-west-1c',
    'eu-west-1c',
  ]);
});

describe.each(['dev', 'prod'] as const)('The network of stage %s', (stage) => {
  const templates = synthesizeStage(stage);
  const resources = resourcesOf(templates);

  test('gives none of our functions a route to the internet', () => {
    const { network } = templates;
    if (!network) throw new Error('the stage has no network');
    const { Resources, Outputs } = parseTemplate(network);
    const isolated = Object.keys(Resources).filter((id) => /^VpcIsolatedSubnet\dSubnet/.test(id));
    const routed = Object.values(Resources)
      .filter((resource) => resource.Type === 'AWS::EC2::Route')
      .map((route) => JSON.stringify(route.Properties.RouteTableId));
    expect(isolated).toHaveLength(2);
    expect(routed.length).toBeGreaterThan(0);
    for (const table of routed) expect(table).toContain('VpcPublicSubnet');
    expect(ofType(resources, 'AWS::EC2::NatGateway')).toEqual([]);

    const isolatedExports = Object.entries(Outputs)
      .filter(([, output]) => isolated.some((id) => JSON.stringify(output.Value).includes(`"${id}"`)))
      .map(([name]) => name);
    const functions = functionsOf(resources).filter(isOurs);
    expect(functions).toHaveLength(20);
    for (const fn of functions) {
      const subnets = fn.VpcConfig?.SubnetIds.map((subnet) => JSON.stringify(subnet)) ?? [];
      expect(subnets, fn.Description).toHaveLength(2);
      for (const subnet of subnets)
        expect(
          isolatedExports.some((name) => subnet.includes(name)),
          `${fn.Description}: ${subnet}`,
        ).toBe(true);
    }
  });

  test('allows ingress only from security groups, never from addresses', () => {
    const ingress = [
      ...ofType(resources, 'AWS::EC2::SecurityGroupIngress').map((rule) => rule.Properties),
      ...ofType(resources, 'AWS::EC2::SecurityGroup').flatMap((group) =>
        z.array(z.record(z.string(), z.unknown())).default([]).parse(group.Properties.SecurityGroupIngress),
      ),
    ];
    expect(ingress.length).toBeGreaterThan(0);
    for (const rule of ingress) {
      expect(rule).not.toHaveProperty('CidrIp');
      expect(rule).not.toHaveProperty('CidrIpv6');
      expect(rule).toHaveProperty('SourceSecurityGroupId');
    }
  });

  test('allows ingress exactly where another group allows the same egress', () => {
    const Rule = z.looseObject({
      GroupId: z.unknown(),
      IpProtocol: z.string(),
      FromPort: z.unknown(),
      ToPort: z.unknown(),
    });
    const rulesOf = (type: string, other: string) =>
      ofType(resources, type)
        .map(({ Properties }) => {
          const { GroupId, IpProtocol, FromPort, ToPort } = Rule.parse(Properties);
          const ends = [GroupId, Properties[other]];
          const [from, to] = other.startsWith('Source') ? ends.toReversed() : ends;
          return JSON.stringify({ from, to, IpProtocol, FromPort, ToPort });
        })
        .toSorted();
    const outward = rulesOf('AWS::EC2::SecurityGroupEgress', 'DestinationSecurityGroupId');
    expect(outward.length).toBeGreaterThan(10);
    expect(rulesOf('AWS::EC2::SecurityGroupIngress', 'SourceSecurityGroupId')).toEqual(outward);
  });

  test('allows only HTTPS to every address', () => {
    const groups = ofType(resources, 'AWS::EC2::SecurityGroup');
    const toEverywhere = groups
      .flatMap((group) =>
        z
          .array(z.looseObject({ CidrIp: z.string() }))
          .default([])
          .parse(group.Properties.SecurityGroupEgress),
      )
      .filter((rule) => rule.CidrIp === '0.0.0.0/0');
    expect(toEverywhere.length).toBeGreaterThan(0);
    for (const rule of toEverywhere)
      expect(rule).toMatchObject({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 });
  });
});
