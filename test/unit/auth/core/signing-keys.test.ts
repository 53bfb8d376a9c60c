import { describe, expect, it } from 'vitest';
import { AesGcmKeyCipher } from '../../../../functions/auth/adapters/aes-gcm-key-cipher.ts';
import { JoseSigningKeyMaker } from '../../../../functions/auth/adapters/jose-signing-key-maker.ts';
import { KeyRing } from '../../../../functions/auth/core/key-ring.ts';
import { rotateKeys } from '../../../../functions/auth/core/rotate-keys.ts';
import { KEY_PUBLICATION_SECONDS } from '../../../../functions/auth/core/signing-keys.ts';
import { JWKS_MAX_AGE_SECONDS } from '../../../../functions/contracts/access.ts';
import { PublicKeyCache } from '../../../../functions/shared/access/core/public-key-cache.ts';
import { KEY_CACHE_SECONDS } from '../../../../functions/shared/access/core/public-keys.ts';
import { TestClock } from '../../../support/auth/clock.ts';
import { FakeSigningKeys } from '../../../support/auth/fakes.ts';

const SECRET = 'a secret of the unit tests, 40 characters';
const DAY_SECONDS = 24 * 3600;
const makerWith = (secret: string) => new JoseSigningKeyMaker(new AesGcmKeyCipher(secret));

const setUp = () => {
  const clock = new TestClock();
  const signingKeys = new FakeSigningKeys();
  const services = { signingKeys, keyMaker: makerWith(SECRET), now: clock.now };
  return { clock, signingKeys, services, ring: new KeyRing(services) };
};

describe('the signing keys', () => {
  it('are made once, on the first request, however many request them at the same time', async () => {
    const { services, signingKeys, clock } = setUp();
    const rings = Array.from({ length: 10 }, () => new KeyRing(services));
    const keys = await Promise.all(rings.map((ring) => ring.signingKey(clock.now())));
    expect(signingKeys.keys).toHaveLength(1);
    expect(new Set(keys.map((key) => key.kid)).size).toBe(1);
  });

  it('are published without their private part', async () => {
    const { ring, clock } = setUp();
    const [key] = await ring.publicKeys(clock.now());
    expect(Object.keys(key ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  });

  it('are read from the table at most every five minutes', async () => {
    const { ring, clock, signingKeys } = setUp();
    await ring.signingKey(clock.now());
    const reads = signingKeys.reads;
    clock.advance(KEY_CACHE_SECONDS - 1);
    await ring.signingKey(clock.now());
    expect(signingKeys.reads).toBe(reads);
    clock.advance(1);
    await ring.signingKey(clock.now());
    expect(signingKeys.reads).toBe(reads + 1);
  });

  it('are replaced after 30 days, published before they sign, and removed once their last token has expired', async () => {
    const { ring, clock, services } = setUp();
    const first = await ring.signingKey(clock.now());
    clock.advance(30 * DAY_SECONDS - 1);
    expect(await rotateKeys(services)).toEqual({ added: [], removed: [] });
    clock.advance(1);
    const { added, removed } = await rotateKeys(services);
    expect(added).toHaveLength(1);
    expect(removed).toEqual([]);
    expect(await rotateKeys(services)).toEqual({ added: [], removed: [] });

    clock.advance(KEY_CACHE_SECONDS);
    expect((await ring.publicKeys(clock.now())).map((key) => key.kid)).toEqual([first.kid, ...added]);
    expect((await ring.signingKey(clock.now())).kid).toBe(first.kid);
    clock.advance(KEY_PUBLICATION_SECONDS - KEY_CACHE_SECONDS);
    expect([(await ring.signingKey(clock.now())).kid]).toEqual(added);

    clock.advance(15 * 60 + KEY_CACHE_SECONDS);
    expect(await rotateKeys(services)).toEqual({ added: [], removed: [] });
    clock.advance(DAY_SECONDS);
    expect(await rotateKeys(services)).toEqual({ added: [], removed: [first.kid] });
  });

  it('are published longer than any cache keeps an answer without them', () => {
    expect(KEY_PUBLICATION_SECONDS).toBeGreaterThan(KEY_CACHE_SECONDS + JWKS_MAX_AGE_SECONDS);
  });

  it('stay published but do not sign when another secret sealed them', async () => {
    const { ring, clock, signingKeys } = setUp();
    const old = await ring.signingKey(clock.now());
    const other = new KeyRing({
      signingKeys,
      keyMaker: makerWith('another secret, of 40 characters or more'),
    });
    const key = await other.signingKey(clock.now());
    expect(key.kid).not.toBe(old.kid);
    expect((await other.publicKeys(clock.now())).map(({ kid }) => kid)).toEqual([old.kid, key.kid]);
    expect((await ring.signingKey(clock.now())).kid).toBe(old.kid);
  });
});

describe('the cache of public keys', () => {
  it('finds a key made after the table was read empty', async () => {
    const { ring, clock, signingKeys } = setUp();
    const cache = new PublicKeyCache(signingKeys);
    expect(await cache.find('unknown', clock.now())).toBeUndefined();
    const { kid } = await ring.signingKey(clock.now());
    expect(await cache.find(kid, clock.now())).toMatchObject({ kid });
  });

  it('reads the table for unknown key ids at most every 30 seconds', async () => {
    const { ring, clock, signingKeys } = setUp();
    await ring.signingKey(clock.now());
    const cache = new PublicKeyCache(signingKeys);
    const readsBefore = signingKeys.reads;
    for (let attempt = 0; attempt < 50; attempt += 1) await cache.find(`unknown ${attempt}`, clock.now());
    expect(signingKeys.reads - readsBefore).toBe(1);
    clock.advance(30);
    const made = await addKey(signingKeys, clock);
    expect(await cache.find(made, clock.now())).toMatchObject({ kid: made });
    expect(signingKeys.reads - readsBefore).toBe(2);
  });

  it('forgets removed keys after five minutes', async () => {
    const { ring, clock, signingKeys } = setUp();
    const { kid } = await ring.signingKey(clock.now());
    const cache = new PublicKeyCache(signingKeys);
    await cache.find(kid, clock.now());
    signingKeys.keys = [];
    expect(await cache.find(kid, clock.now())).toBeDefined();
    clock.advance(KEY_CACHE_SECONDS);
    expect(await cache.find(kid, clock.now())).toBeUndefined();
  });

  it('rejects when the table cannot be read', async () => {
    const { clock, signingKeys } = setUp();
    signingKeys.outage = new Error('the database is down');
    await expect(new PublicKeyCache(signingKeys).find('any', clock.now())).rejects.toThrow('down');
  });
});

const addKey = async (signingKeys: FakeSigningKeys, clock: TestClock): Promise<string> => {
  const key = await makerWith(SECRET).make(clock.now(), clock.now());
  signingKeys.keys.push(key);
  return key.kid;
};
