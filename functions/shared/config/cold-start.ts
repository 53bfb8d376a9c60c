/**
 * Builds something once, on first use, and keeps it for the life of the process. A rejected build is dropped, so
 * the next call tries again instead of failing for as long as the process lives.
 */
export const once = <T>(build: () => Promise<T>): (() => Promise<T>) => {
  let built: Promise<T> | undefined;
  return () => {
    built ??= build().catch((error: unknown) => {
      built = undefined;
      throw error;
    });
    return built;
  };
};
