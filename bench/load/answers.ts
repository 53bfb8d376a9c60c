/** An answer to a client. */
export interface CountedAnswer {
  /** Method and route, without ids. */
  readonly call: string;
  readonly status: number;
  /** The Retry-After header. */
  readonly retryAfter: string | null;
  /** The x-correlation-id header: finds the call in the logs. */
  readonly correlationId?: string | null;
  readonly text: string;
}

const TEXT_SHOWN = 200;

/** Counts all answers that the clients of a run received from the API and the storage. */
export class AnswerLog {
  readonly #counts = new Map<string, number>();
  readonly #unexpected: string[] = [];

  note(answer: CountedAnswer): void {
    this.#count(String(answer.status));
    if (isPromised(answer)) return;
    const at = new Date().toISOString();
    this.#unexpected.push(
      `${at} ${answer.call} answered ${answer.status}, Retry-After ${answer.retryAfter}, ` +
        `correlation id ${answer.correlationId}: ${answer.text.slice(0, TEXT_SHOWN)}`,
    );
  }

  /** Counts a call without an answer: the connection broke, or the client's timeout expired. */
  noteNone(): void {
    this.#count('none');
  }

  /** Number of answers by status; `none` counts the calls without an answer. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** One line per answer that no client should receive. */
  get unexpected(): readonly string[] {
    return this.#unexpected;
  }

  #count(status: string): void {
    this.#counts.set(status, (this.#counts.get(status) ?? 0) + 1);
  }
}

/** Whether clients must expect the answer. Of all 5xx only 503 is expected, and only with a valid Retry-After. */
export const isPromised = ({ status, retryAfter }: Pick<CountedAnswer, 'status' | 'retryAfter'>): boolean =>
  status < 500 || (status === 503 && secondsToWait(retryAfter) !== undefined);

/** The seconds in a Retry-After header; undefined if it is missing or invalid. */
export const secondsToWait = (retryAfter: string | null): number | undefined =>
  retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined;
