import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  newAddress,
  newEmail,
  PASSWORD,
  type RunningAuth,
  startAuth,
} from '../../support/auth/running-auth.ts';

let auth: RunningAuth;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

describe('registering', () => {
  it('creates an account with the email in lower case', async () => {
    const email = newEmail();
    const answer = await auth.post('/auth/register', {
      email: email.toUpperCase(),
      password: PASSWORD,
      name: ' Ada ',
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      email,
      name: 'Ada',
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store' });
  });

  it('stores an Argon2id hash of the password with its parameters', async () => {
    const { id } = await auth.newUser();
    const { rows } = await auth.pool.query('SELECT password_hash FROM users WHERE id = $1', [id]);
    expect(rows[0].password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('refuses a taken email in any case and with spaces', async () => {
    const { email } = await auth.newUser();
    for (const written of [email, email.toUpperCase(), ` ${email} `]) {
      const answer = await auth.post('/auth/register', { email: written, password: PASSWORD });
      expect([answer.status, answer.body]).toMatchObject([409, { code: 'EMAIL_TAKEN' }]);
    }
  });

  it('creates exactly one account from 100 simultaneous registrations of one email', async () => {
    const [email, address] = [newEmail(), newAddress()];
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => auth.post('/auth/register', { email, password: PASSWORD }, address)),
    );
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([201, ...new Array(99).fill(409)]);
    const { rows } = await auth.pool.query('SELECT count(*)::int AS users FROM users WHERE email = $1', [
      email,
    ]);
    expect(rows).toEqual([{ users: 1 }]);
  });

  it.each<[string, unknown]>([
    ['a NUL in the email', { email: 'ada\u0000@example.com', password: PASSWORD }],
    ['CRLF in the email', { email: 'ada@example.com\r\nBcc: eve@example.com', password: PASSWORD }],
    ['a confusable letter in the email', { email: '\u0430da@example.com', password: PASSWORD }],
    ['SQL as the email', { email: `' OR 1=1--`, password: PASSWORD }],
    ['a list as the email', { email: ['ada@example.com'], password: PASSWORD }],
    ['a common password', { email: 'ada@example.com', password: 'Passw0rd123' }],
    ['the email as the password', { email: 'ada@example.com', password: 'Ada@Example.com' }],
    ['a short password', { email: 'ada@example.com', password: 'x7!kqz0' }],
    ['a password of 129 characters', { email: 'ada@example.com', password: 'xy'.repeat(64).concat('z') }],
    ['a list as the password', { email: 'ada@example.com', password: [PASSWORD] }],
    ['an object as the password', { email: 'ada@example.com', password: { $ne: null } }],
    ['half a surrogate in the password', { email: 'ada@example.com', password: 'mountain \ud83d goat' }],
    ['a line break in the name', { email: 'ada@example.com', password: PASSWORD, name: 'Ada\r\nLovelace' }],
    ['a NUL in the name', { email: 'ada@example.com', password: PASSWORD, name: 'Ada\u0000' }],
    [
      'an escape sequence in the name',
      { email: 'ada@example.com', password: PASSWORD, name: '\u001b[31mAda' },
    ],
    ['a list', [{ email: 'ada@example.com', password: PASSWORD }]],
    ['null', null],
    ['a text', 'ada@example.com'],
  ])('refuses %s', async (_what, body) => {
    const answer = await auth.post('/auth/register', body);
    expect([answer.status, answer.body]).toMatchObject([400, { code: 'VALIDATION_FAILED' }]);
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });

  it.each<[string, number, string, { rawBody: string; headers?: Record<string, string> }]>([
    [
      'a password of 1 MB',
      413,
      'PAYLOAD_TOO_LARGE',
      { rawBody: JSON.stringify({ password: 'x'.repeat(2 ** 20) }) },
    ],
    [
      'JSON nested 10,000 deep',
      413,
      'PAYLOAD_TOO_LARGE',
      { rawBody: '['.repeat(10_000) + ']'.repeat(10_000) },
    ],
    [
      'JSON nested as deep as its size allows',
      400,
      'VALIDATION_FAILED',
      { rawBody: '['.repeat(8_000) + ']'.repeat(8_000) },
    ],
    ['broken JSON', 400, 'MALFORMED_JSON', { rawBody: '{"email":' }],
    [
      'a form',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      { rawBody: 'email=a', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
    ],
    [
      'JSON with the content type of text',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      { rawBody: '{}', headers: { 'Content-Type': 'text/plain' } },
    ],
    ['no body', 400, 'VALIDATION_FAILED', { rawBody: '' }],
  ])('refuses %s', async (_what, status, code, call) => {
    const answer = await auth.call({ method: 'POST', path: '/auth/register', ...call });
    expect([answer.status, answer.body]).toMatchObject([status, { code }]);
  });

  it('ignores unknown fields of the body, prototypes included', async () => {
    const email = newEmail();
    const rawBody = `{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"id":"1","userId":"1","email":"${email}","password":"${PASSWORD}"}`;
    const answer = await auth.call({ method: 'POST', path: '/auth/register', rawBody });
    expect(answer.status).toBe(201);
    expect(Object.keys(Object(answer.body)).sort()).toEqual(['createdAt', 'email', 'id', 'name']);
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
  });
});

describe('logging in', () => {
  it('answers with a pair of tokens whose access token is a short-lived EdDSA JWT', async () => {
    const { id, tokens } = await auth.newUser();
    expect(tokens).toMatchObject({ tokenType: 'Bearer', expiresIn: 900 });
    expect(decodeProtectedHeader(tokens.accessToken)).toEqual({
      alg: 'EdDSA',
      typ: 'at+jwt',
      kid: expect.any(String),
    });
    const { iat = 0, exp = 0, ...claims } = decodeJwt(tokens.accessToken);
    expect(exp - iat).toBe(900);
    expect(claims).toEqual({
      iss: 'frame-flow-auth',
      aud: 'frame-flow-api',
      sub: id,
      sid: expect.any(String),
      jti: expect.any(String),
    });
  });

  it('gives an unknown user and a wrong password the same answer', async () => {
    const { email } = await auth.newUser();
    const wrong = await auth.post('/auth/login', { email, password: `' OR 1=1--` });
    const unknown = await auth.post('/auth/login', { email: newEmail(), password: `' OR 1=1--` });
    const shown = ({ status, body }: typeof wrong) => ({ status, ...Object(body), correlationId: '' });
    expect(wrong.status).toBe(401);
    expect(shown(unknown)).toEqual(shown(wrong));
  });

  it('distinguishes two 73-byte passwords that differ in the last byte alone', async () => {
    const email = newEmail();
    const prefix = 'quiet river '.repeat(6);
    expect(prefix).toHaveLength(72);
    await auth.post('/auth/register', { email, password: `${prefix}a` });
    expect((await auth.post('/auth/login', { email, password: `${prefix}b` })).status).toBe(401);
    expect((await auth.post('/auth/login', { email, password: `${prefix}a` })).status).toBe(200);
  });

  it('compares passwords with their spaces and case', async () => {
    const email = newEmail();
    await auth.post('/auth/register', { email, password: ` ${PASSWORD} ` });
    expect((await auth.post('/auth/login', { email, password: PASSWORD })).status).toBe(401);
    expect((await auth.post('/auth/login', { email, password: ` ${PASSWORD.toUpperCase()} ` })).status).toBe(
      401,
    );
    expect((await auth.post('/auth/login', { email, password: ` ${PASSWORD} ` })).status).toBe(200);
  });

  it('accepts 100 simultaneous right logins to one account', async () => {
    const { email } = await auth.newUser();
    const address = newAddress();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => auth.post('/auth/login', { email, password: PASSWORD }, address)),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
  });

  it('admits three of 100 simultaneous wrong logins, as many as in sequence', async () => {
    const { email } = await auth.newUser();
    const address = newAddress();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        auth.post('/auth/login', { email, password: `guess ${n}` }, address),
      ),
    );
    expect(answers.filter((answer) => answer.status === 401)).toHaveLength(3);
    const refused = answers.filter((answer) => answer.status === 429);
    expect(refused).toHaveLength(97);
    for (const { body, headers } of refused) {
      expect(body).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(15);
    }
  });

  it('refuses even the right password at the attacker’s address, but not elsewhere', async () => {
    const { email } = await auth.newUser();
    const attacker = newAddress();
    for (let guess = 0; guess < 3; guess += 1) {
      await auth.post('/auth/login', { email, password: `guess ${guess}` }, attacker);
    }
    expect((await auth.post('/auth/login', { email, password: PASSWORD }, attacker)).status).toBe(429);
    expect((await auth.post('/auth/login', { email, password: PASSWORD })).status).toBe(200);
  });

  it('throttles an email without an account like one with an account', async () => {
    const [email, attacker] = [newEmail(), newAddress()];
    const statuses: number[] = [];
    for (let guess = 0; guess < 4; guess += 1) {
      statuses.push((await auth.post('/auth/login', { email, password: `guess ${guess}` }, attacker)).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429]);
  });
});
