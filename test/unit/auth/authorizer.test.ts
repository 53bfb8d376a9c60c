import { createPrivateKey, createPublicKey, type KeyObject, randomUUID } from 'node:crypto';
import type { APIGatewayTokenAuthorizerEvent } from 'aws-lambda';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AesGcmKeyCipher } from '../../../functions/auth/adapters/aes-gcm-key-cipher.ts';
import { JoseSigningKeyMaker } from '../../../functions/auth/adapters/jose-signing-key-maker.ts';
import { JoseTokenIssuer } from '../../../functions/auth/adapters/jose-token-issuer.ts';
import { createAuthorizerHandler } from '../../../functions/auth/authorizer-handler.ts';
import { KeyRing } from '../../../functions/auth/core/key-ring.ts';
import { UserId } from '../../../functions/contracts/ids.ts';
import { JoseTokenVerifier } from '../../../functions/shared/access/adapters/jose-token-verifier.ts';
import { PublicKeyCache } from '../../../functions/shared/access/core/public-key-cache.ts';
import { TestClock } from '../../support/auth/clock.ts';
import { FakeSigningKeys } from '../../support/auth/fakes.ts';
import { partsOf, refusedTokens } from '../../support/auth/refused-tokens.ts';

const SECRET = 'a secret of the unit tests, 40 characters';
const METHOD_ARN = 'arn:aws:execute-api:us-east-1:123456789012:abcdef/v1/GET/videos/42/frames';
const user = UserId.parse(randomUUID());
const session = randomUUID();

const clock = new TestClock();
const signingKeys = new FakeSigningKeys();
const cipher = new AesGcmKeyCipher(SECRET);
const keyRing = new KeyRing({ signingKeys, keyMaker: new JoseSigningKeyMaker(cipher) });
const issuer = new JoseTokenIssuer(keyRing, cipher);

let kid: string;
let privateKey: KeyObject;
let publicKey: KeyObject;
const active = new Set<string>();
let outage: Error | undefined;

beforeAll(async () => {
  const key = await keyRing.signingKey(clock.now());
  kid = key.kid;
  privateKey = createPrivateKey({
    key: JSON.parse(cipher.open(key.sealedPrivateJwk, kid) ?? ''),
    format: 'jwk',
  });
  publicKey = createPublicKey(privateKey);
});

beforeEach(() => {
  active.clear();
  active.add(`${session} ${user}`);
  outage = undefined;
});

const authorizer = () =>
  createAuthorizerHandler(async () => ({
    verifier: new JoseTokenVerifier(new PublicKeyCache(signingKeys)),
    sessions: {
      isActive: async (sessionId: string, userId: string) => {
        if (outage) throw outage;
        return active.has(`${sessionId} ${userId}`);
      },
    },
    now: clock.now,
  }));

const ask = (authorizationToken: string) => {
  const event: APIGatewayTokenAuthorizerEvent = { type: 'TOKEN', methodArn: METHOD_ARN, authorizationToken };
  return authorizer()(event);
};

const workshop = () => ({
  ...{ privateKey, publicKey, kid, userId: user, sessionId: session },
  now: clock.now,
  issue: issued,
});
const { seconds, header, claims, signed } = partsOf(workshop);
const issued = async () => (await issuer.prepare(clock.now())).sign({ userId: user, sessionId: session });

describe('the authorizer', () => {
  it('allows one of our tokens the whole stage and names the caller', async () => {
    expect(await ask(`Bearer ${await issued()}`)).toEqual({
      principalId: user,
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Action: 'execute-api:Invoke',
            Effect: 'Allow',
            Resource: 'arn:aws:execute-api:us-east-1:123456789012:abcdef/v1/*/*',
          },
        ],
      },
      context: { userId: user, sessionId: session },
    });
  });

  it('accepts the token that the forgeries below are derived from', async () => {
    await expect(ask(`Bearer ${signed(header(), claims())}`)).resolves.toMatchObject({ principalId: user });
    await expect(ask(`Bearer ${signed(header(), claims({ nbf: seconds() }))}`)).resolves.toMatchObject({
      principalId: user,
    });
  });

  it.each(refusedTokens(workshop))('refuses %s', async (_what, authorization) => {
    await expect(ask(await authorization())).rejects.toThrow(/^Unauthorized$/);
  });

  it('refuses a token in which any single bit is flipped', async () => {
    const token = await issued();
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (let position = 0; position < token.length; position += 1) {
      const index = alphabet.indexOf(token.charAt(position));
      if (index < 0) continue;
      const flipped = `${token.slice(0, position)}${alphabet.charAt(index ^ 1)}${token.slice(position + 1)}`;
      await expect(ask(`Bearer ${flipped}`), `position ${position}`).rejects.toThrow(/^Unauthorized$/);
    }
  });

  it('refuses the token once its session has ended or its user is gone', async () => {
    const token = await issued();
    active.clear();
    await expect(ask(`Bearer ${token}`)).rejects.toThrow(/^Unauthorized$/);
  });

  it('fails on an outage with its error, and neither accepts nor refuses the token', async () => {
    const token = await issued();
    outage = new Error('the database is down');
    await expect(ask(`Bearer ${token}`)).rejects.toThrow('the database is down');
    outage = undefined;
    signingKeys.outage = new Error('the keys cannot be read');
    await expect(ask(`Bearer ${token}`)).rejects.toThrow('the keys cannot be read');
    signingKeys.outage = undefined;
  });

  it('accepts a token until it expires, plus the clock tolerance, and not after', async () => {
    const token = await issued();
    const clockThere = new TestClock(clock.now().toISOString());
    const verifier = new JoseTokenVerifier(new PublicKeyCache(signingKeys));
    clockThere.advance(899);
    await expect(verifier.verify(token, clockThere.now())).resolves.toMatchObject({ sub: user });
    clockThere.advance(7);
    await expect(verifier.verify(token, clockThere.now())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('accepts the tokens of a replaced key while the key is published, and not afterwards', async () => {
    const token = await issued();
    const keys = new FakeSigningKeys();
    const replacement = await new JoseSigningKeyMaker(cipher).make(clock.now(), clock.now());
    keys.keys = [...signingKeys.keys, replacement];
    const verifier = () => new JoseTokenVerifier(new PublicKeyCache(keys));
    await expect(verifier().verify(token, clock.now())).resolves.toMatchObject({ sub: user });
    keys.keys = [replacement];
    await expect(verifier().verify(token, clock.now())).rejects.toMatchObject({ reason: 'unknown key' });
  });
});
