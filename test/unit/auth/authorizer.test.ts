import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto';
import type { APIGatewayTokenAuthorizerEvent } from 'aws-lambda';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AesGcmKeyCipher } from '../../../functions/auth/adapters/aes-gcm-key-cipher.ts';
import { HmacRefreshTokenMaker } from '../../../functions/auth/adapters/hmac-refresh-token-maker.ts';
import { JoseSigningKeyMaker } from '../../../functions/auth/adapters/jose-signing-key-maker.ts';
import { JoseTokenIssuer } from '../../../functions/auth/adapters/jose-token-issuer.ts';
import { JoseTokenVerifier } from '../../../functions/auth/adapters/jose-token-verifier.ts';
import { createAuthorizerHandler } from '../../../functions/auth/authorizer-handler.ts';
import { KeyRing } from '../../../functions/auth/core/key-ring.ts';
import { PublicKeyCache } from '../../../functions/auth/core/public-key-cache.ts';
import { UserId } from '../../../functions/contracts/ids.ts';
import { TestClock } from '../../support/auth/clock.ts';
import { FakeSigningKeys } from '../../support/auth/fakes.ts';
import { ed25519, forge, type Part } from '../../support/auth/tokens.ts';

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

const seconds = () => Math.floor(clock.now().getTime() / 1000);
const header = (changes: Record<string, unknown> = {}) => ({ alg: 'EdDSA', typ: 'at+jwt', kid, ...changes });
const claims = (changes: Record<string, unknown> = {}) => ({
  sid: session,
  iss: 'frame-flow-auth',
  aud: 'frame-flow-api',
  sub: user,
  jti: randomUUID(),
  iat: seconds(),
  exp: seconds() + 900,
  ...changes,
});
/** Signed with our own key: what is wrong with it is the header or the payload alone. */
const signed = (head: Part, payload: Part) => forge(head, payload, ed25519(privateKey));
const issued = async () => (await issuer.prepare(clock.now())).sign({ userId: user, sessionId: session });

describe('the authorizer', () => {
  it('lets a token of ours through to the whole stage and says who calls', async () => {
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

  it('lets the token pass that the forgeries below start from', async () => {
    await expect(ask(`bearer ${signed(header(), claims())}`)).resolves.toMatchObject({ principalId: user });
    await expect(ask(`Bearer ${signed(header(), claims({ nbf: seconds() }))}`)).resolves.toMatchObject({
      principalId: user,
    });
  });

  it.each<[string, () => string | Promise<string>]>([
    ['nothing', () => ''],
    ['no scheme', issued],
    ['another scheme', async () => `Basic ${await issued()}`],
    ['two tokens', async () => `Bearer ${await issued()} ${await issued()}`],
    ['a line break', async () => `Bearer ${await issued()}\n`],
    ['64 KB', () => `Bearer ${'a'.repeat(64 * 1024)}`],
    ['64 KB well signed', () => `Bearer ${signed(header(), claims({ pad: 'x'.repeat(48 * 1024) }))}`],
    ['one segment', () => 'Bearer aaaa'],
    ['two segments', async () => `Bearer ${(await issued()).split('.').slice(0, 2).join('.')}`],
    ['five segments', async () => `Bearer ${await issued()}.AAAA.AAAA`],
    ['an empty signature', async () => `Bearer ${(await issued()).replace(/[^.]+$/, '')}`],
    ['a refresh token', () => `Bearer ${new HmacRefreshTokenMaker(SECRET).first().token}`],
    ['segments that are no JSON', () => `Bearer ${signed('not json', 'not json')}`],
    ['a payload that is a list', () => `Bearer ${signed(header(), '[]')}`],
    ['a header that is null', () => `Bearer ${signed('null', claims())}`],
    ['base64 that pads', async () => `Bearer ${(await issued()).replaceAll('.', '=.')}`],
  ])('refuses what is no token of three segments: %s', async (_what, authorization) => {
    await expect(ask(await authorization())).rejects.toThrow(/^Unauthorized$/);
  });

  const hmacWithPublicKey = (hash: string) => (input: string) =>
    createHmac(hash, publicKey.export({ format: 'pem', type: 'spki' }))
      .update(input)
      .digest();
  const publicJwk = () => ({ ...publicKey.export({ format: 'jwk' }) });
  const stranger = generateKeyPairSync('ed25519');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

  it.each<[string, () => string]>([
    ['alg none', () => forge(header({ alg: 'none' }), claims(), () => '')],
    ['alg nOnE with a signature', () => signed(header({ alg: 'nOnE' }), claims())],
    ['alg none with a signature', () => signed(header({ alg: 'none' }), claims())],
    [
      'HS256 keyed with our public key',
      () => forge(header({ alg: 'HS256' }), claims(), hmacWithPublicKey('sha256')),
    ],
    [
      'HS512 keyed with our public JWK',
      () =>
        forge(header({ alg: 'HS512' }), claims(), (input) =>
          createHmac('sha512', JSON.stringify(publicJwk())).update(input).digest(),
        ),
    ],
    [
      'RS256',
      () =>
        forge(header({ alg: 'RS256' }), claims(), (input) =>
          sign('sha256', Buffer.from(input), rsa.privateKey),
        ),
    ],
    ['alg missing', () => signed({ typ: 'at+jwt', kid }, claims())],
    ['alg in a list', () => signed(header({ alg: ['EdDSA'] }), claims())],
    ['another key', () => forge(header(), claims(), ed25519(stranger.privateKey))],
    [
      'another key that it brings along (jwk)',
      () =>
        forge(
          header({ jwk: stranger.publicKey.export({ format: 'jwk' }) }),
          claims(),
          ed25519(stranger.privateKey),
        ),
    ],
    [
      'only a key that it brings along',
      () =>
        forge(
          { alg: 'EdDSA', typ: 'at+jwt', jwk: stranger.publicKey.export({ format: 'jwk' }) },
          claims(),
          ed25519(stranger.privateKey),
        ),
    ],
    ['our own key brought along', () => signed(header({ jwk: publicJwk() }), claims())],
    ['jku', () => signed(header({ jku: 'https://attacker.example/jwks.json' }), claims())],
    ['x5u', () => signed(header({ x5u: 'https://attacker.example/cert.pem' }), claims())],
    ['x5c', () => signed(header({ x5c: ['MIIB'] }), claims())],
    ['an unknown crit', () => signed(header({ crit: ['exp'], exp: 1 }), claims())],
    ['an empty crit', () => signed(header({ crit: [] }), claims())],
    ['an unencoded payload (b64)', () => signed(header({ b64: false, crit: ['b64'] }), claims())],
    ['kid missing', () => signed({ alg: 'EdDSA', typ: 'at+jwt' }, claims())],
    ['kid as a path', () => signed(header({ kid: '../../../../dev/null' }), claims())],
    ['kid as SQL', () => signed(header({ kid: `x' UNION SELECT 'key` }), claims())],
    ['kid as __proto__', () => signed(header({ kid: '__proto__' }), claims())],
    ['kid as an object', () => signed(header({ kid: { $ne: null } }), claims())],
    [
      'kid twice',
      () => signed(`{"alg":"EdDSA","typ":"at+jwt","kid":"x","kid":${JSON.stringify(kid)}}`, claims()),
    ],
    ['typ JWT', () => signed(header({ typ: 'JWT' }), claims())],
    ['typ of a logout token', () => signed(header({ typ: 'logout+jwt' }), claims())],
    ['typ missing', () => signed({ alg: 'EdDSA', kid }, claims())],
  ])('refuses a header with %s', async (_what, token) => {
    await expect(ask(`Bearer ${token()}`)).rejects.toThrow(/^Unauthorized$/);
  });

  it('refuses a token with any one bit of it flipped', async () => {
    const token = await issued();
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    for (let position = 0; position < token.length; position += 1) {
      const index = alphabet.indexOf(token.charAt(position));
      if (index < 0) continue;
      const flipped = `${token.slice(0, position)}${alphabet.charAt(index ^ 1)}${token.slice(position + 1)}`;
      await expect(ask(`Bearer ${flipped}`), `position ${position}`).rejects.toThrow(/^Unauthorized$/);
    }
  });

  it.each<[string, () => Part]>([
    ['expired', () => claims({ iat: seconds() - 910, exp: seconds() - 10 })],
    ['not valid before later', () => claims({ nbf: seconds() + 60 })],
    ['nbf as text', () => claims({ nbf: String(seconds() - 60) })],
    ['issued later', () => claims({ iat: seconds() + 60, exp: seconds() + 600 })],
    ['without exp', () => claims({ exp: undefined })],
    ['exp null', () => claims({ exp: null })],
    ['exp as text', () => claims({ exp: String(seconds() + 900) })],
    ['exp 1e308', () => claims({ exp: 1e308 })],
    [
      'exp 1e308 as written by hand',
      () => JSON.stringify(claims({ exp: 0 })).replace('"exp":0', '"exp":1e308'),
    ],
    ['exp 1e999', () => JSON.stringify(claims({ exp: 0 })).replace('"exp":0', '"exp":1e999')],
    ['exp negative', () => claims({ exp: -1 })],
    ['exp in a day', () => claims({ exp: seconds() + 86_400 })],
    ['without iat', () => claims({ iat: undefined })],
    ['for another audience', () => claims({ aud: 'another-api' })],
    ['for several audiences', () => claims({ aud: ['another-api', 'frame-flow-api'] })],
    ['without an audience', () => claims({ aud: undefined })],
    ['from another issuer', () => claims({ iss: 'https://attacker.example' })],
    ['without an issuer', () => claims({ iss: undefined })],
    ['without sub', () => claims({ sub: undefined })],
    ['sub as SQL', () => claims({ sub: `' OR 1=1--` })],
    ['sub as a list', () => claims({ sub: [user] })],
    ['sub twice', () => JSON.stringify(claims()).replace('{', `{"sub":"${randomUUID()}",`)],
    ['sub twice, the same', () => JSON.stringify(claims()).replace('{', `{"sub":"${user}",`)],
    ['without a session', () => claims({ sid: undefined })],
    ['without jti', () => claims({ jti: undefined })],
    ['of another session', () => claims({ sid: randomUUID() })],
    ['of another user in this session', () => claims({ sub: randomUUID() })],
  ])('refuses claims: %s', async (_what, payload) => {
    await expect(ask(`Bearer ${signed(header(), payload())}`)).rejects.toThrow(/^Unauthorized$/);
  });

  it('refuses the token once its session has ended or its user is gone', async () => {
    const token = await issued();
    active.clear();
    await expect(ask(`Bearer ${token}`)).rejects.toThrow(/^Unauthorized$/);
  });

  it('takes an outage for what it is: neither a yes nor a bad token', async () => {
    const token = await issued();
    outage = new Error('the database is down');
    await expect(ask(`Bearer ${token}`)).rejects.toThrow('the database is down');
    outage = undefined;
    signingKeys.outage = new Error('the keys cannot be read');
    await expect(ask(`Bearer ${token}`)).rejects.toThrow('the keys cannot be read');
    signingKeys.outage = undefined;
  });

  it('accepts a token until it expires, give or take the tolerance, and not after', async () => {
    const token = await issued();
    const clockThere = new TestClock(clock.now().toISOString());
    const verifier = new JoseTokenVerifier(new PublicKeyCache(signingKeys));
    clockThere.advance(899);
    await expect(verifier.verify(token, clockThere.now())).resolves.toMatchObject({ sub: user });
    clockThere.advance(7);
    await expect(verifier.verify(token, clockThere.now())).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('accepts the tokens of a replaced key while it is published, and not when it is gone', async () => {
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
