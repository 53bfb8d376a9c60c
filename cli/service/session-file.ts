import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import type { TokenStore, Tokens } from '../../client/index.ts';
import { PrivateFile } from './private-file.ts';

const StoredSession = z.object({
  apiUrl: z.string(),
  email: z.string().optional(),
  tokens: z
    .object({
      accessToken: z.string(),
      refreshToken: z.string().optional(),
      /** Milliseconds since 1970. */
      expiresAt: z.number().optional(),
    })
    .optional(),
  /** Of an earlier session: it proves to the service that this device is known (see `LoginRequest`). */
  lastRefreshToken: z.string().optional(),
});
type StoredSession = z.infer<typeof StoredSession>;

/** The session with one service, in a file of its own: sessions with several services do not disturb each other. */
export class SessionFile implements TokenStore {
  readonly #file: PrivateFile<typeof StoredSession>;
  readonly #apiUrl: string;

  constructor(configFolder: string, apiUrl: string) {
    const host = new URL(apiUrl).host.replaceAll(/[^a-z0-9.-]/gi, '-');
    const hash = createHash('sha256').update(apiUrl).digest('hex').slice(0, 8);
    this.#file = new PrivateFile(join(configFolder, 'sessions', `${host}-${hash}.json`), StoredSession);
    this.#apiUrl = apiUrl;
  }

  async read(): Promise<Tokens | undefined> {
    return (await this.#stored()).tokens;
  }

  async write(tokens: Tokens | undefined): Promise<void> {
    const { tokens: before, ...stored } = await this.#stored();
    const lastRefreshToken = tokens?.refreshToken ?? before?.refreshToken ?? stored.lastRefreshToken;
    await this.#file.write({
      ...stored,
      ...(tokens !== undefined && { tokens: { ...tokens } }),
      ...(lastRefreshToken !== undefined && { lastRefreshToken }),
    });
  }

  /** What a login of this user sends to prove that the device is known. */
  async deviceProof(email: string): Promise<string | undefined> {
    const stored = await this.#stored();
    return stored.email === email ? stored.lastRefreshToken : undefined;
  }

  /** Whose session it is. A proof of another user's is forgotten. */
  async setEmail(email: string): Promise<void> {
    const stored = await this.#stored();
    await this.#file.write({ ...stored, email });
  }

  async #stored(): Promise<StoredSession> {
    return (await this.#file.read()) ?? { apiUrl: this.#apiUrl };
  }
}
