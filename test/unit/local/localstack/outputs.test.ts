import { describe, expect, test } from 'vitest';
import { environmentFilesOf } from '../../../../local/localstack/environment-files.ts';
import { apiUrlOf, OutputsError, readOutputs } from '../../../../local/localstack/outputs.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:RolesPassword-AbCdEf';

const outputsWith = (environment: Record<string, string>) =>
  readOutputs({
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
  throw new Error(`unexpected request for ${id}`);
};

describe('The environment files of the compose services', () => {
  test('hold the values of the outputs literally', async () => {
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

  test('are not written from the outputs of another stage', async () => {
    await expect(
      environmentFilesOf(readOutputs({ 'FrameFlow-dev-App': { ApiUrl: 'x' } }), noSecrets),
    ).rejects.toThrow(OutputsError);
  });
});

describe('The address of the API', () => {
  const urlFor = (ApiUrl: string) => apiUrlOf(readOutputs({ App: { ApiUrl } }), 'http://localhost:4566');

  test.each([
    'https://abc123.execute-api.localhost.localstack.cloud:4566/local/',
    'https://abc123.execute-api.us-east-1.amazonaws.com/local/',
  ])('on LocalStack is a path made from %s', (url) => {
    expect(urlFor(url)).toBe('http://localhost:4566/_aws/execute-api/abc123/local');
  });

  test.each(['http://localhost:4566/', 'abc123', ''])('is refused from %j', (url) => {
    expect(() => urlFor(url)).toThrow(OutputsError);
  });

  test('is an error when the outputs are invalid or lack it', () => {
    for (const outputs of [null, [], { App: { ApiUrl: 7 } }])
      expect(() => readOutputs(outputs)).toThrow(OutputsError);
    expect(() => apiUrlOf(readOutputs({}), 'http://localhost:4566')).toThrow(/ApiUrl/);
  });
});
