import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { environmentFilesOf, OutputsError } from '../../lib/compose/environment-files.ts';
import { localStackSecrets } from '../../lib/compose/localstack-secrets.ts';
import { LocalServices } from '../../lib/config/local-services.ts';
import { REPOSITORY_ROOT } from '../../lib/paths.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:RolesPassword-AbCdEf';

const outputsWith = (environment: Record<string, string>) => ({
  'FrameFlow-local-Data': { VideoBucketName: 'videos' },
  'FrameFlow-local-App': {
    ApiUrl: 'http://localhost:4566/',
    ContainerWorker: JSON.stringify({
      name: 'worker',
      directory: 'build/containers/worker',
      command: ['node', 'index.mjs'],
      environment,
    }),
  },
});
const noSecrets = async (id: string): Promise<string> => {
  throw new Error(`nobody should ask for ${id}`);
};

describe('The environment files of the compose services', () => {
  test('hold what the outputs say, literally', async () => {
    const files = await environmentFilesOf(outputsWith({ STAGE: 'local', ODD: 'a b $HOME "c"' }), noSecrets);
    expect(files).toEqual([{ fileName: 'worker.env', content: `STAGE='local'\nODD='a b $HOME "c"'\n` }]);
  });

  test('hold the secrets that the outputs refer to', async () => {
    const outputs = outputsWith({
      DATABASE_PASSWORD: `{{resolve:secretsmanager:${SECRET_ARN}:SecretString:::}}`,
    });
    const files = await environmentFilesOf(outputs, async (id) => `value of ${id}`);
    expect(files[0]?.content).toBe(`DATABASE_PASSWORD='value of ${SECRET_ARN}'\n`);
  });

  test.each(["it's", 'two\nlines'])('cannot hold %j', async (value) => {
    await expect(environmentFilesOf(outputsWith({ VALUE: value }), noSecrets)).rejects.toThrow(OutputsError);
  });

  test('are not made of the outputs of another stage', async () => {
    await expect(environmentFilesOf({ 'FrameFlow-dev-App': { ApiUrl: 'x' } }, noSecrets)).rejects.toThrow(
      OutputsError,
    );
  });
});

describe('A secret of LocalStack', () => {
  const server = createServer();
  afterEach(async () => {
    server.removeAllListeners('request');
    server.close();
    await once(server, 'close');
  });

  const serve = async (status: number, answer: unknown, seen: unknown[] = []): Promise<string> => {
    server.on('request', async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      seen.push({ target: request.headers['x-amz-target'], body: JSON.parse(body) });
      response.writeHead(status).end(JSON.stringify(answer));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    return `http://127.0.0.1:${address.port}`;
  };

  test('is read by its ARN', async () => {
    const seen: unknown[] = [];
    const read = localStackSecrets(await serve(200, { SecretString: 'hunter2' }, seen));
    await expect(read(SECRET_ARN)).resolves.toBe('hunter2');
    expect(seen).toEqual([{ target: 'secretsmanager.GetSecretValue', body: { SecretId: SECRET_ARN } }]);
  });

  test('is an error where there is none', async () => {
    const read = localStackSecrets(await serve(400, { __type: 'ResourceNotFoundException' }));
    await expect(read(SECRET_ARN)).rejects.toThrow(/400/);
  });
});

describe('The compose file', () => {
  test('has the services that stage local expects by name', () => {
    const compose = readFileSync(join(REPOSITORY_ROOT, 'docker-compose.local.yml'), 'utf8');
    const { databaseHost, redisUrl } = LocalServices.parse({});
    for (const service of [databaseHost, new URL(redisUrl).hostname, 'localstack', 'relay', 'worker'])
      expect(compose).toMatch(new RegExp(`^  ${service}:$`, 'm'));
    expect(compose).toContain('localstack/localstack:4.14.0');
  });
});
