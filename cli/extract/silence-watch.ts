/** How long a server may send nothing. */
const SILENCE_MILLISECONDS = 30_000;

/** Aborts when the server sends nothing for too long. What happens between `stop` and `start` does not count. */
export class SilenceWatch {
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  start(): void {
    this.stop();
    const end = () => this.#controller.abort(new Error(`Nothing came for ${SILENCE_MILLISECONDS / 1000} s`));
    this.#timer = setTimeout(end, SILENCE_MILLISECONDS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
