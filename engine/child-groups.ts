/** Running process groups. All are killed when this process exits. */
const groups = new Set<number>();

/** Kills the group of `pid` when this process exits. @returns a function that cancels this. */
export const guardGroup = (pid: number): (() => void) => {
  // The listener is added at first use, not at import, so that a bundle without engines can drop this module.
  if (!process.listeners('exit').includes(killAll)) process.once('exit', killAll);
  groups.add(pid);
  return () => groups.delete(pid);
};

const killAll = () => {
  for (const pid of groups) killGroup(pid);
};

/** Kills a process and all its children. Does nothing if the process has already ended. */
export const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The process has already ended.
  }
};
