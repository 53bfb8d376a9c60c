/**
 * Waits for `work` until `signal` aborts. This does not end the work itself: if the work accepts a signal, pass it the
 * same one.
 *
 * @throws the signal's reason if it has aborted, even if the work failed too; otherwise the work's error
 */
export const untilAborted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  let onAbort: () => void = () => undefined;
  // `Promise.withResolvers` would be shorter, but the command line also runs on Node 20.
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
  });
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([aborted, work]);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};
