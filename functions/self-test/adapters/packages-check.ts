import type { Check } from '../core/check.ts';
import { describeReason } from '../core/reason.ts';

/** Functions that load a package, by the package's name. */
export type PackageLoaders = Readonly<Record<string, () => Promise<unknown>>>;

/** Loads every package. */
export const packagesCheck = (packages: PackageLoaders): Check => ({
  name: 'packages',
  limitSeconds: 20,
  run: async () => {
    const failures: string[] = [];
    for (const [name, load] of Object.entries(packages)) {
      await load().catch((error: unknown) => failures.push(`${name}: ${describeReason(error)}`));
    }
    if (failures.length > 0) throw new Error(failures.join('; '));
  },
  explain: (reason) =>
    `A package does not load (${reason}): look at package-lock.json, at the bundle, and at what Node ` +
    `${process.versions.node} of the runtime lacks.`,
});
