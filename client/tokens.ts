/** The tokens of a session. */
export interface Tokens {
  readonly accessToken: string;
  /** Absent where the client got an access token alone: then the session ends with it. */
  readonly refreshToken?: string | undefined;
  /** When the access token expires, in milliseconds since 1970. Absent: unknown, and it is used until it is refused. */
  readonly expiresAt?: number | undefined;
}

/**
 * Where the tokens are kept. Several clients, also in several processes, may share a store. What it throws, the call
 * that needed it throws.
 */
export interface TokenStore {
  read(): Tokens | undefined | Promise<Tokens | undefined>;
  /** @param tokens undefined: there are none any more */
  write(tokens: Tokens | undefined): void | Promise<void>;
}

/** A store in memory, which answers at once. */
export interface MemoryTokens extends TokenStore {
  read(): Tokens | undefined;
  write(tokens: Tokens | undefined): void;
}

/** Keeps the tokens as long as the process or the page lives. */
export const memoryTokens = (tokens?: Tokens): MemoryTokens => {
  let current = tokens;
  return {
    read: () => current,
    write: (next) => {
      current = next;
    },
  };
};
