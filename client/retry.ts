import { FrameFlowError } from './errors.ts';
import type { Transport } from './transport.ts';

/** The maximum of the first pause. The maximum doubles with each try. */
const FIRST_PAUSE_MILLISECONDS = 250;
const MAX_PAUSE_MILLISECONDS = 10_000;

/**
 * The pause before the next try, in milliseconds: exponential backoff with full jitter, so that clients which
 * failed together do not retry together. The server's Retry-After is added to it.
 * @param tries how many there were
 * @param random from 0 to 1
 */
export const pauseMilliseconds = (tries: number, random: number, retryAfterSeconds = 0): number =>
  retryAfterSeconds * 1000 +
  random * Math.min(MAX_PAUSE_MILLISECONDS, FIRST_PAUSE_MILLISECONDS * 2 ** (tries - 1));

/**
 * `Retry-After` (RFC 9110, 10.2.3) in seconds, from now on.
 * @param now milliseconds since 1970
 * @returns undefined where there is none, or none that can be read
 */
export const readRetryAfter = (header: string | null, now: number): number | undefined => {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - now) / 1000);
};

export interface Patience {
  readonly signal?: AbortSignal | undefined;
  /** @default the transport's */
  readonly patienceMilliseconds?: number | undefined;
  /** Whether to retry after this temporary failure. @default always */
  readonly repeats?: (error: FrameFlowError) => boolean;
}

/**
 * Repeats an attempt after temporary failures, until the next pause would exceed the patience.
 * @throws the last failure; the signal's reason once it is aborted
 */
export const patiently = async <T>(
  transport: Transport,
  { signal, patienceMilliseconds = transport.patienceMilliseconds, repeats = () => true }: Patience,
  attempt: () => Promise<T>,
): Promise<T> => {
  const { now, random, sleep } = transport;
  const deadline = now() + patienceMilliseconds;
  for (let tries = 1; ; tries += 1) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof FrameFlowError && error.isTransient && repeats(error))) throw error;
      const pause = pauseMilliseconds(tries, random(), error.retryAfterSeconds);
      if (now() + pause >= deadline) throw error;
      await sleep(pause, signal);
    }
  }
};
