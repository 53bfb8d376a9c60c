/** Signals the process group with this leader, or only the process if it leads no group. */
export const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal);
      return;
    } catch {
      // ESRCH: the target has already ended.
    }
  }
};
