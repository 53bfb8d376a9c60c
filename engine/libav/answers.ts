/** The child's answer to an order. */
export interface Answer {
  kind: number;
  body: Buffer;
}

/** The child's answers in order, up to the first failure. Supports one reader at a time. */
export class Answers {
  readonly #arrived: Answer[] = [];
  #waiting: { resolve: (answer: Answer) => void; reject: (error: unknown) => void } | undefined;
  #failure: { error: unknown } | undefined;

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** @throws the first failure, if any */
  throwIfFailed(): void {
    if (this.#failure) throw this.#failure.error;
  }

  add(answer: Answer): void {
    const waiting = this.#takeWaiting();
    if (waiting) waiting.resolve(answer);
    else this.#arrived.push(answer);
  }

  /** Keeps only the first failure, because later ones usually follow from it. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#takeWaiting()?.reject(this.#failure.error);
  }

  /** @throws the first failure, after all earlier answers have been read */
  async next(): Promise<Answer> {
    const answer = this.#arrived.shift();
    if (answer) return answer;
    this.throwIfFailed();
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  #takeWaiting() {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }
}
