import { readFile } from 'node:fs/promises';

const PAGE_BYTES = 4096;
/** Milliseconds between two checks of a process's memory. */
const INTERVAL_MILLISECONDS = 100;

/**
 * Watches the resident memory of a process (Linux: /proc).
 *
 * @param onExcess is called with the bytes whenever they exceed `maxBytes`
 * @returns a function that ends the watch
 */
export const watchMemory = (
  pid: number,
  maxBytes: number,
  onExcess: (bytes: number) => void,
): (() => void) => {
  const look = async () => {
    // If the file does not exist, the process has ended.
    const statm = await readFile(`/proc/${pid}/statm`, 'latin1').catch(() => '');
    const bytes = Number(statm.split(' ')[1] ?? 0) * PAGE_BYTES;
    if (bytes > maxBytes) onExcess(bytes);
  };
  const timer = setInterval(() => void look(), INTERVAL_MILLISECONDS).unref();
  return () => clearInterval(timer);
};
