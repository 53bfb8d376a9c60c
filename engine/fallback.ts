import { EngineNotStartedError, ExtractionError } from './errors.ts';
import type {
  EngineUsage,
  Extraction,
  ExtractionRequest,
  ResumableEngine,
  ResumableExtraction,
} from './extraction.ts';
import type { ExtractedFrame } from './video.ts';

export interface FallbackEngineOptions {
  first: ResumableEngine;
  /** Takes over if the first engine crashes or cannot start. */
  second: ResumableEngine;
  onFallback: OnFallback;
}

/** Describes why the second engine takes over. */
export interface Fallback {
  /** The first engine's name. */
  engine: string;
  /** `not-started`: the engine does not work at all. `crashed`: it failed on this video. */
  cause: 'not-started' | 'crashed';
  error: unknown;
  /** Frames that the first engine delivered. */
  framesDelivered: number;
}
export type OnFallback = (fallback: Fallback) => void;

/**
 * Combines two engines: the second finishes a job at which the first crashed. If the first engine refuses a video, the
 * second does not try it.
 */
export class FallbackEngine implements ResumableEngine {
  readonly name: string;
  readonly #options: FallbackEngineOptions;

  constructor(options: FallbackEngineOptions) {
    this.#options = options;
    this.name = options.first.name;
  }

  async open(request: ExtractionRequest): Promise<ResumableExtraction> {
    const { first, second, onFallback } = this.#options;
    try {
      return new FallbackExtraction(await first.open(request), request, this.#options);
    } catch (error) {
      if (!isCrash(error) || request.signal.aborted) throw error;
      const cause = error instanceof EngineNotStartedError ? 'not-started' : 'crashed';
      onFallback({ engine: first.name, cause, error, framesDelivered: 0 });
      return second.open(request);
    }
  }
}

/** An extraction that continues with the second engine when the first crashes. */
class FallbackExtraction implements ResumableExtraction {
  readonly #options: FallbackEngineOptions;
  readonly #request: ExtractionRequest;
  readonly #first: ResumableExtraction;
  #second: ResumableExtraction | undefined;
  #deliveredByFirst = 0;

  constructor(first: ResumableExtraction, request: ExtractionRequest, options: FallbackEngineOptions) {
    this.#first = first;
    this.#request = request;
    this.#options = options;
  }

  get summary(): Extraction['summary'] {
    return this.#first.summary;
  }

  usage(): EngineUsage {
    const { first, second } = this.#options;
    const one = this.#first.usage?.() ?? { engine: first.name, bytesRead: 0, requests: 0 };
    if (this.#second === undefined) return one;
    const other = this.#second.usage?.() ?? { engine: second.name, bytesRead: 0, requests: 0 };
    return {
      engine: this.#deliveredByFirst > 0 ? `${one.engine}+${other.engine}` : other.engine,
      bytesRead: one.bytesRead + other.bytesRead,
      requests: one.requests + other.requests,
    };
  }

  async *frames(from = 0): AsyncGenerator<ExtractedFrame> {
    let next = from;
    try {
      for await (const frame of this.#first.frames(from)) {
        next = frame.index + 1;
        this.#deliveredByFirst += 1;
        yield frame;
      }
      return;
    } catch (error) {
      if (!isCrash(error) || this.#request.signal.aborted) throw error;
      const { first, onFallback } = this.#options;
      // A child that starts later may be killed before it sends anything, but the engine did start.
      onFallback({ engine: first.name, cause: 'crashed', error, framesDelivered: next - from });
    }
    yield* (await this.#takeOver()).frames(next);
  }

  async close(): Promise<void> {
    await Promise.all([this.#first.close(), this.#second?.close()]);
  }

  /** @throws ExtractionError ENGINE_CRASHED if the engines do not find the same number of frames */
  async #takeOver(): Promise<ResumableExtraction> {
    await this.#first.close();
    const second = await this.#options.second.open(this.#request);
    this.#second = second;
    const [expected, found] = [this.summary.framesExpected, second.summary.framesExpected];
    if (expected !== found) {
      throw new ExtractionError(
        'ENGINE_CRASHED',
        `The first engine found ${expected} frames, the second ${found}`,
      );
    }
    return second;
  }
}

const isCrash = (error: unknown): boolean =>
  error instanceof ExtractionError && error.code === 'ENGINE_CRASHED';
