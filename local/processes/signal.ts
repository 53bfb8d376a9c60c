/** Signals a process group by its leader's pid, or the process alone where it leads none. */
export const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal);
      return;
    } catch {
      // ESRCH: it is gone already, which is what signals are for.
    }
  }
};
