/** The built-in clip, as an engine reads it. */
export interface ClipSource {
  readonly name: string;
  readonly sizeBytes: number;
  readonly etag: string;
  read(range: { offset: number; length: number }): Promise<Uint8Array>;
  stream(): AsyncIterable<Uint8Array>;
}

export interface ClipRequest {
  source: ClipSource;
  intervalSeconds: number;
  maxFrames: number;
  signal: AbortSignal;
}

/** What the self-test uses of an extraction engine. */
export interface FrameEngine {
  readonly name: string;
  open(request: ClipRequest): Promise<{
    frames(): AsyncIterable<{ jpeg: Uint8Array }>;
    close(): Promise<void>;
  }>;
}

/** What the self-test uses of a password hasher. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  verify(password: string, passwordHash: string): Promise<boolean>;
}
