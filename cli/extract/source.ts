import type { OpenedSource } from './opened-source.ts';

const URL_PATTERN = /^[a-z][a-z0-9+.-]+:\/\//i;

/** Whether an argument names a URL and not a file. */
export const isUrl = (input: string): boolean => URL_PATTERN.test(input);

/**
 * Opens a file or an address for reading.
 *
 * @throws CliError where there is nothing to read; the signal's reason.
 */
export const openSource = async (input: string, signal: AbortSignal): Promise<OpenedSource> => {
  if (!isUrl(input)) return (await import('./local-source.ts')).openFile(input);
  return (await import('./remote-source.ts')).openAddress(input, signal);
};
