/** Thrown by `withinTimeLimit`. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

/** Waits. @throws the signal's reason once it is aborted */
export const sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', onAbort, { once: true });
  });

/**
 * Waits for work that other calls wait for too, so an abort ends only this wait.
 * @throws the signal's reason; what the work throws
 */
export const abandonable = async <T>(work: Promise<T>, signal?: AbortSignal): Promise<T> => {
  if (signal === undefined) return work;
  const { aborted, forget } = whenAborted(signal);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    forget();
  }
};

/** Work under a time limit that starts anew with each `extend()`. */
export interface Limited {
  /** Aborted by the caller's signal and at the end of the time limit. */
  readonly signal: AbortSignal;
  /** Gives the work the whole limit again: it makes progress. */
  readonly extend: () => void;
}

/**
 * Ends work that takes too long, whether or not it obeys its signal.
 * @throws TimeLimitError; the outer signal's reason; what the work throws
 */
export const withinTimeLimit = async <T>(
  milliseconds: number,
  outer: AbortSignal | undefined,
  work: (limited: Limited) => Promise<T>,
): Promise<T> => {
  const controller = new AbortController();
  const abort = (): void => controller.abort(outer?.reason);
  const expire = (): void => controller.abort(new TimeLimitError(`no progress for ${milliseconds} ms`));
  let timer = setTimeout(expire, milliseconds);
  const extend = (): void => {
    clearTimeout(timer);
    timer = setTimeout(expire, milliseconds);
  };
  const { aborted, forget } = whenAborted(controller.signal);
  outer?.addEventListener('abort', abort, { once: true });
  if (outer?.aborted) abort();
  try {
    return await Promise.race([work({ signal: controller.signal, extend }), aborted]);
  } finally {
    clearTimeout(timer);
    forget();
    outer?.removeEventListener('abort', abort);
  }
};

const whenAborted = (signal: AbortSignal) => {
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  return { aborted, forget: () => signal.removeEventListener('abort', onAbort) };
};
