import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { LocalServices } from '../../lib/config/local-services.ts';
import { REPOSITORY_ROOT } from '../../lib/paths.ts';

describe('The compose file', () => {
  test('has the services that stage local expects by name', () => {
    const compose = readFileSync(join(REPOSITORY_ROOT, 'docker-compose.local.yml'), 'utf8');
    const { databaseHost, redisUrl } = LocalServices.parse({});
    for (const service of [databaseHost, new URL(redisUrl).hostname, 'localstack', 'relay', 'worker'])
      expect(compose).toMatch(new RegExp(`^  ${service}:$`, 'm'));
    expect(compose).toContain('localstack/localstack:4.14.0');
  });

  test('is valid (docker compose config)', ({ skip }) => {
    const docker = (...args: string[]) =>
      spawnSync('docker', ['compose', ...args], { encoding: 'utf8', cwd: REPOSITORY_ROOT });
    if (docker('version').status !== 0) skip('docker compose is not installed here');
    const file = ['--file', 'docker-compose.local.yml', '--profile', 'containers'];
    const { status, stdout, stderr } = docker(...file, 'config', '--format', 'json');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const { services } = z.object({ services: z.record(z.string(), z.unknown()) }).parse(JSON.parse(stdout));
    expect(Object.keys(services).toSorted()).toEqual(['localstack', 'postgres', 'relay', 'valkey', 'worker']);
  });
});
