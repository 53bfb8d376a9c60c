import { createHmac, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { HmacRefreshTokenMaker } from '../../../functions/auth/adapters/hmac-refresh-token-maker.ts';
import { ed25519, forge, type Part } from './tokens.ts';

/** The material for forged tokens: one of our own signing keys, and an active session. */
export interface TokenWorkshop {
  privateKey: KeyObject;
  publicKey: KeyObject;
  kid: string;
  userId: string;
  sessionId: string;
  /** The clock of the code that checks the tokens. */
  now(): Date;
  /** Issues a token as a login does. */
  issue(): Promise<string>;
}

const REFRESH_SECRET = 'a secret of the forged refresh tokens';

/** Makers of the header and the claims of a valid token, with changes, and of a token signed with our own key. */
export const partsOf = (workshop: () => TokenWorkshop) => {
  const seconds = () => Math.floor(workshop().now().getTime() / 1000);
  return {
    seconds,
    header: (changes: Record<string, unknown> = {}) => ({
      alg: 'EdDSA',
      typ: 'at+jwt',
      kid: workshop().kid,
      ...changes,
    }),
    claims: (changes: Record<string, unknown> = {}) => ({
      sid: workshop().sessionId,
      iss: 'frame-flow-auth',
      aud: 'frame-flow-api',
      sub: workshop().userId,
      jti: randomUUID(),
      iat: seconds(),
      exp: seconds() + 900,
      ...changes,
    }),
    /** Signs with our own key, so that only the header or the payload can be wrong. */
    signed: (head: Part, payload: Part) => forge(head, payload, ed25519(workshop().privateKey)),
  };
};

type Row = readonly [what: string, authorization: () => string | Promise<string>];

/**
 * Every `Authorization` value that each check must refuse.
 *
 * @param workshop called only when a value is made
 */
export const refusedTokens = (workshop: () => TokenWorkshop): Row[] => [
  ...malformedValues(workshop),
  ...wrongHeaders(workshop).map(
    ([what, token]): Row => [`a header with ${what}`, async () => `Bearer ${await token()}`],
  ),
  ...wrongClaims(workshop),
];

const malformedValues = (workshop: () => TokenWorkshop): Row[] => {
  const { header, claims, signed } = partsOf(workshop);
  const issued = () => workshop().issue();
  return [
    ['nothing', () => ''],
    ['no scheme', issued],
    ['the scheme in lower case, which API Gateway refuses', async () => `bearer ${await issued()}`],
    ['another scheme', async () => `Basic ${await issued()}`],
    ['two tokens', async () => `Bearer ${await issued()} ${await issued()}`],
    ['a line break', async () => `Bearer ${await issued()}\n`],
    ['64 KB', () => `Bearer ${'a'.repeat(64 * 1024)}`],
    [
      '64 KB with a valid signature',
      () => `Bearer ${signed(header(), claims({ pad: 'x'.repeat(48 * 1024) }))}`,
    ],
    ['one segment', () => 'Bearer aaaa'],
    ['two segments', async () => `Bearer ${(await issued()).split('.').slice(0, 2).join('.')}`],
    ['five segments', async () => `Bearer ${await issued()}.AAAA.AAAA`],
    ['an empty signature', async () => `Bearer ${(await issued()).replace(/[^.]+$/, '')}`],
    ['a refresh token', () => `Bearer ${new HmacRefreshTokenMaker(REFRESH_SECRET).first().token}`],
    ['segments that are not JSON', () => `Bearer ${signed('not json', 'not json')}`],
    ['a payload that is a list', () => `Bearer ${signed(header(), '[]')}`],
    ['a header that is null', () => `Bearer ${signed('null', claims())}`],
    ['padded base64', async () => `Bearer ${(await issued()).replaceAll('.', '=.')}`],
  ];
};

const wrongHeaders = (workshop: () => TokenWorkshop): Row[] => {
  const { header, claims, signed } = partsOf(workshop);
  const hmacWithPublicKey = (hash: string) => (input: string) =>
    createHmac(hash, workshop().publicKey.export({ format: 'pem', type: 'spki' }))
      .update(input)
      .digest();
  const publicJwk = () => ({ ...workshop().publicKey.export({ format: 'jwk' }) });
  const stranger = generateKeyPairSync('ed25519');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return [
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
    ['alg missing', () => signed({ typ: 'at+jwt', kid: workshop().kid }, claims())],
    ['alg in a list', () => signed(header({ alg: ['EdDSA'] }), claims())],
    ['another key', () => forge(header(), claims(), ed25519(stranger.privateKey))],
    [
      'another key, embedded as jwk',
      () =>
        forge(
          header({ jwk: stranger.publicKey.export({ format: 'jwk' }) }),
          claims(),
          ed25519(stranger.privateKey),
        ),
    ],
    [
      'an embedded key without a kid',
      () =>
        forge(
          { alg: 'EdDSA', typ: 'at+jwt', jwk: stranger.publicKey.export({ format: 'jwk' }) },
          claims(),
          ed25519(stranger.privateKey),
        ),
    ],
    ['our own key embedded', () => signed(header({ jwk: publicJwk() }), claims())],
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
      () =>
        signed(`{"alg":"EdDSA","typ":"at+jwt","kid":"x","kid":${JSON.stringify(workshop().kid)}}`, claims()),
    ],
    ['typ JWT', () => signed(header({ typ: 'JWT' }), claims())],
    ['typ of a logout token', () => signed(header({ typ: 'logout+jwt' }), claims())],
    ['typ missing', () => signed({ alg: 'EdDSA', kid: workshop().kid }, claims())],
  ];
};

const wrongClaims = (workshop: () => TokenWorkshop): Row[] => {
  const { header, claims, seconds, signed } = partsOf(workshop);
  const payloads: [string, () => Part][] = [
    ['expired', () => claims({ iat: seconds() - 910, exp: seconds() - 10 })],
    ['not yet valid', () => claims({ nbf: seconds() + 60 })],
    ['nbf as text', () => claims({ nbf: String(seconds() - 60) })],
    ['issued in the future', () => claims({ iat: seconds() + 60, exp: seconds() + 600 })],
    ['without exp', () => claims({ exp: undefined })],
    ['exp null', () => claims({ exp: null })],
    ['exp as text', () => claims({ exp: String(seconds() + 900) })],
    ['exp 1e308', () => claims({ exp: 1e308 })],
    [
      'exp 1e308 in exponent notation',
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
    ['sub as a list', () => claims({ sub: [workshop().userId] })],
    ['sub twice', () => JSON.stringify(claims()).replace('{', `{"sub":"${randomUUID()}",`)],
    ['sub twice, the same', () => JSON.stringify(claims()).replace('{', `{"sub":"${workshop().userId}",`)],
    ['without a session', () => claims({ sid: undefined })],
    ['without jti', () => claims({ jti: undefined })],
    ['of another session', () => claims({ sid: randomUUID() })],
    ['of another user in this session', () => claims({ sub: randomUUID() })],
  ];
  return payloads.map(([what, payload]) => [
    `claims: ${what}`,
    () => `Bearer ${signed(header(), payload())}`,
  ]);
};
