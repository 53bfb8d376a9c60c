import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AesGcmKeyCipher } from '../../../functions/auth/adapters/aes-gcm-key-cipher.ts';
import { JoseSigningKeyMaker } from '../../../functions/auth/adapters/jose-signing-key-maker.ts';
import { PgSigningKeyRepository } from '../../../functions/auth/adapters/pg-signing-key-repository.ts';
import { KeyRing } from '../../../functions/auth/core/key-ring.ts';
import { handler as httpHandler } from '../../../functions/auth/http.lambda.ts';
import { handler as rotateKeys } from '../../../functions/auth/rotate-keys.lambda.ts';
import { Jwks } from '../../../functions/contracts/http.ts';
import { callApi, lambdaContext } from '../../support/api-event.ts';
import { type RunningAuth, startAuth } from '../../support/auth/running-auth.ts';
import { createTestDatabase } from '../../support/services.ts';

let auth: RunningAuth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

describe('the profile', () => {
  it('is read and renamed only by its user', async () => {
    const [ada, bob] = [await auth.newUser(), await auth.newUser()];
    const renamed = await auth.call({
      method: 'PATCH',
      path: '/auth/me',
      userId: ada.id,
      body: { name: 'Ada', userId: bob.id, id: bob.id, email: 'eve@example.com' },
    });
    expect([renamed.status, renamed.body]).toMatchObject([
      200,
      { id: ada.id, email: ada.email, name: 'Ada' },
    ]);
    const read = await auth.call({ method: 'GET', path: '/auth/me', userId: ada.id });
    expect(read.body).toEqual(renamed.body);
    const other = await auth.call({ method: 'GET', path: '/auth/me', userId: bob.id });
    expect(other.body).toMatchObject({ id: bob.id, name: null });
    const cleared = await auth.call({
      method: 'PATCH',
      path: '/auth/me',
      userId: ada.id,
      body: { name: null },
    });
    expect(cleared.body).toMatchObject({ name: null });
  });

  it.each<[string, unknown]>([
    ['nothing', {}],
    ['an empty name', { name: ' ' }],
    ['101 characters', { name: 'x'.repeat(101) }],
    ['a control character', { name: 'Ada\u0007' }],
    ['a number', { name: 7 }],
  ])('refuses %s for a name', async (_what, body) => {
    const { id } = await auth.newUser();
    const answer = await auth.call({ method: 'PATCH', path: '/auth/me', userId: id, body });
    expect([answer.status, answer.body]).toMatchObject([400, { code: 'VALIDATION_FAILED' }]);
  });

  it('accepts a name in any script, even with half a surrogate pair', async () => {
    const { id } = await auth.newUser();
    for (const name of ['Ἀρχιμήδης', '👩🏽‍🚀', '\u202egnp', 'half \ud83d']) {
      const answer = await auth.call({ method: 'PATCH', path: '/auth/me', userId: id, body: { name } });
      expect(answer.status).toBe(200);
    }
  });

  it('is refused to a caller without the authorizer’s user', async () => {
    const answer = await auth.call({ method: 'GET', path: '/auth/me' });
    expect([answer.status, answer.body]).toMatchObject([401, { code: 'UNAUTHENTICATED' }]);
  });
});

describe('the published keys', () => {
  it('verify the access tokens, hold no private part and may be cached', async () => {
    const { id, tokens } = await auth.newUser();
    const answer = await auth.call({ method: 'GET', path: '/.well-known/jwks.json' });
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('public, max-age=300');
    const jwks = Jwks.parse(answer.body);
    for (const key of jwks.keys) expect(key).not.toHaveProperty('d');
    const { payload } = await jwtVerify(tokens.accessToken, createLocalJWKSet(jwks));
    expect(payload.sub).toBe(id);
  });

  it('are served by the entry itself with services from its environment', async () => {
    const answer = await callApi(httpHandler, { method: 'GET', path: '/.well-known/jwks.json' });
    expect(answer.status).toBe(200);
    expect(Jwks.parse(answer.body).keys).toHaveLength(1);
  });
});

describe('the signing keys', () => {
  const secret = 'a secret of the integration tests, random enough';
  const keyMaker = new JoseSigningKeyMaker(new AesGcmKeyCipher(secret));

  it('are made once when many processes with different clocks need the first key at the same time', async () => {
    const database = await createTestDatabase();
    const rings = Array.from({ length: 8 }, () => {
      const signingKeys = new PgSigningKeyRepository(database.poolOf('auth'));
      return new KeyRing({ signingKeys, keyMaker });
    });
    const now = Date.now();
    const keys = await Promise.all(
      rings.map((ring, position) => ring.signingKey(new Date(now - 60_000 * position))),
    );
    expect(new Set(keys.map((key) => key.kid)).size).toBe(1);
    const { rows } = await database.poolOf('auth').query('SELECT count(*)::int AS keys FROM signing_keys');
    expect(rows).toEqual([{ keys: 1 }]);
    await database.close();
  });

  it('are stored sealed', async () => {
    await auth.newUser();
    const { rows } = await auth.pool.query('SELECT kid, public_jwk, sealed_private_jwk FROM signing_keys');
    for (const { kid, public_jwk: publicJwk, sealed_private_jwk: sealed } of rows) {
      expect(sealed.toString('latin1')).not.toContain('"d"');
      const opened = JSON.parse(new AesGcmKeyCipher(secret).open(sealed, kid) ?? '{}');
      expect(opened).toMatchObject({ d: expect.any(String), x: publicJwk.x });
    }
  });

  it('are rotated by the scheduled function, which also removes sessions that ended long ago', async () => {
    const { tokens, id } = await auth.newUser();
    const gone = await auth.newUser();
    await auth.pool.query(`UPDATE signing_keys SET created_at = now() - interval '31 days'`);
    await auth.pool.query(`UPDATE sessions SET revoked_at = now() - interval '8 days' WHERE user_id = $1`, [
      gone.id,
    ]);
    const tick = {
      id: '1',
      version: '0',
      account: '000000000000',
      time: '2026-03-01T12:00:00Z',
      region: 'us-east-1',
      resources: [],
      source: 'aws.events',
      'detail-type': 'Scheduled Event' as const,
      detail: {},
    };
    await rotateKeys(tick, lambdaContext());
    await rotateKeys(tick, lambdaContext());
    const { rows: keys } = await auth.pool.query(
      'SELECT active_from > now() AS pending FROM signing_keys ORDER BY created_at',
    );
    expect(keys).toEqual([{ pending: false }, { pending: true }]);
    expect(await auth.authorize(tokens.accessToken)).toMatchObject({ principalId: id });
    const { rows: sessions } = await auth.pool.query('SELECT 1 FROM sessions WHERE user_id = $1', [gone.id]);
    expect(sessions).toEqual([]);
  });
});
