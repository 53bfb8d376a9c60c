/**
 * Builds a value once, on first use, and keeps it until the process ends. A rejected build is not kept, so the next
 * call tries again instead of failing forever.
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
