/** A connection was given up because nothing came over it. Another one may work. */
export class SilentConnectionError extends Error {
  constructor(milliseconds: number) {
    super(`Nothing came for ${milliseconds} ms`);
    this.name = 'SilentConnectionError';
  }
}

/** Aborts its signal when a wait takes too long. What happens between `stop` and the next `start` does not count. */
export class SilenceWatch {
  readonly #milliseconds: number;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  start(): void {
    this.stop();
    this.#timer = setTimeout(
      () => this.#controller.abort(new SilentConnectionError(this.#milliseconds)),
      this.#milliseconds,
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
