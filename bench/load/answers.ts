/** What a client was answered, as far as it is counted. */
export interface CountedAnswer {
  /** The call: method and route, ids left out. */
  readonly call: string;
  readonly status: number;
  /** The header, as it came. */
  readonly retryAfter: string | null;
  readonly text: string;
}

const TEXT_SHOWN = 200;

/** Every answer that the clients of a run got, the API's and the storage's. */
export class AnswerLog {
  readonly #counts = new Map<string, number>();
  readonly #unexpected: string[] = [];

  note(answer: CountedAnswer): void {
    this.#count(String(answer.status));
    if (isPromised(answer)) return;
    const at = new Date().toISOString();
    this.#unexpected.push(
      `${at} ${answer.call} answered ${answer.status}, Retry-After ${answer.retryAfter}: ${answer.text.slice(0, TEXT_SHOWN)}`,
    );
  }

  /** The call ended without an answer: the connection broke, or the client's own timeout was over. */
  noteNone(): void {
    this.#count('none');
  }

  /** How many answers there were, by status; `none` counts the calls without an answer. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** A line for each answer that no client should ever get. */
  get unexpected(): readonly string[] {
    return this.#unexpected;
  }

  #count(status: string): void {
    this.#counts.set(status, (this.#counts.get(status) ?? 0) + 1);
  }
}

/** Of all 5xx only 503 is promised, and only with a Retry-After that a client can obey. */
export const isPromised = ({ status, retryAfter }: Pick<CountedAnswer, 'status' | 'retryAfter'>): boolean =>
  status < 500 || (status === 503 && secondsToWait(retryAfter) !== undefined);

/** What a Retry-After header asks for, in seconds; undefined where there is none. */
export const secondsToWait = (retryAfter: string | null): number | undefined =>
  retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined;
