import { describe, expect, it } from 'vitest';
import { createDatabaseToken } from '../../../functions/shared/database/iam-token.ts';
import { createIamToken } from '../../../functions/shared/redis/iam-token.ts';

const HOST = 'frame-flow.abcdefghijkl.eu-central-1.rds.amazonaws.com';
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const REQUEST = { host: HOST, port: 5432, user: 'frame_flow_upload_http' };

const signer = (credentials: { accessKeyId: string; sessionToken?: string }) => ({
  region: 'eu-central-1',
  credentials: { ...credentials, secretAccessKey: SECRET },
  now: () => new Date('2026-01-02T03:04:05Z'),
});

/** `Signer` of @aws-sdk/rds-signer 3.1169.0 made both from the same request, credentials and time. */
const OF_A_USER = `${HOST}:5432/?Action=connect&DBUser=frame_flow_upload_http&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260102%2Feu-central-1%2Frds-db%2Faws4_request&X-Amz-Date=20260102T030405Z&X-Amz-Expires=900&X-Amz-Signature=5b9d861b73f7159b3bd4614659388cf43201a16274745f2cc1ff6c55f3139d06&X-Amz-SignedHeaders=host`;
const OF_A_ROLE = `${HOST}:5432/?Action=connect&DBUser=frame_flow_upload_http&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIAEXAMPLE%2F20260102%2Feu-central-1%2Frds-db%2Faws4_request&X-Amz-Date=20260102T030405Z&X-Amz-Expires=900&X-Amz-Security-Token=IQoJb3JpZ2luX2VjEA%2F%2Fab%2Bc%3D%3D%27%21%28%29%2A&X-Amz-Signature=2c44d7870f521ef0b8837dcbca9da18ef888e8fb50fd00c88c92bdb8dd399356&X-Amz-SignedHeaders=host`;

describe('The token of a database role', () => {
  it('equals the token of AWS’s own signer', async () => {
    expect(await createDatabaseToken(REQUEST, signer({ accessKeyId: 'AKIDEXAMPLE' }))).toBe(OF_A_USER);
  });

  it('equals it for the credentials of a role, with the session token fully escaped', async () => {
    const sessionToken = "IQoJb3JpZ2luX2VjEA//ab+c=='!()*";
    const credentials = { accessKeyId: 'ASIAEXAMPLE', sessionToken };
    expect(await createDatabaseToken(REQUEST, signer(credentials))).toBe(OF_A_ROLE);
  });
});

describe('The token of an ElastiCache user', () => {
  it('names the replication group without a port, and lasts 15 minutes', async () => {
    const request = { userId: 'frame-flow', replicationGroupId: 'ff-1' };
    const token = await createIamToken(request, signer({ accessKeyId: 'AKIDEXAMPLE' }));
    const url = new URL(`http://${token}`);
    expect([url.host, url.pathname]).toEqual(['ff-1', '/']);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      Action: 'connect',
      User: 'frame-flow',
      'X-Amz-Credential': 'AKIDEXAMPLE/20260102/eu-central-1/elasticache/aws4_request',
      'X-Amz-Date': '20260102T030405Z',
      'X-Amz-Expires': '900',
      'X-Amz-SignedHeaders': 'host',
    });
  });
});
