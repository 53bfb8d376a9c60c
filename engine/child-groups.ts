/** Process groups under way: none outlives this process. */
const groups = new Set<number>();

const killAll = () => {
  for (const pid of groups) killGroup(pid);
};

/** Has the group of `pid` killed when this process ends. @returns what takes that back. */
export const guardGroup = (pid: number): (() => void) => {
  // At the first use, not at import: a bundle that starts no engine leaves this module out.
  if (!process.listeners('exit').includes(killAll)) process.once('exit', killAll);
  groups.add(pid);
  return () => groups.delete(pid);
};

/** Kills a process with everything that it started; harmless where it has ended. */
export const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
};
