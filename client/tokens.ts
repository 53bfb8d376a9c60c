/** The tokens of a session. */
export interface Tokens {
  readonly accessToken: string;
  /** Absent where the client only has an access token: the session then ends with it. */
  readonly refreshToken?: string | undefined;
  /** When the access token expires, in milliseconds since 1970. Absent: unknown, and it is used until it is refused. */
  readonly expiresAt?: number | undefined;
}

/**
 * Stores the tokens. Several clients, also in several processes, may share a store. An error of the store goes to the
 * caller unchanged.
 */
export interface TokenStore {
  read(): Tokens | undefined | Promise<Tokens | undefined>;
  /** @param tokens undefined removes the stored ones */
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
