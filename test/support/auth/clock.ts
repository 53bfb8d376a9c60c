/** A clock that a test moves by hand. */
export class TestClock {
  #now: Date;

  constructor(start = '2026-03-01T12:00:00.000Z') {
    this.#now = new Date(start);
  }

  readonly now = (): Date => new Date(this.#now);

  advance(seconds: number): void {
    this.#now = new Date(this.#now.getTime() + seconds * 1000);
  }
}
