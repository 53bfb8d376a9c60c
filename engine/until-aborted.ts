/**
 * Waits for `work`, but no longer than until `signal` aborts. The work itself is not ended by this: where it takes a
 * signal, it gets the same one.
 *
 * @throws the signal's reason once it has aborted, whatever the work failed with; else the work's own error.
 */
export const untilAborted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([aborted.promise, work]);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};
