import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * One project per kind of test; the kinds differ in what they may touch. Timeouts are generous: they end tests that
 * hang and measure nothing.
 */
export default defineConfig({
  test: {
    // Inherited by every project below through `extends`.
    env: { LOG_LEVEL: 'SILENT' },
    // Vitest leaves one core to itself, which halves a machine of two. Many tests wait for a server, not for a core.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'infra',
          // Importing aws-cdk-lib takes longer than all tests, so the files share one import.
          isolate: false,
          include: ['test/infra/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.integration.test.ts'],
          globalSetup: ['test/support/services-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          // Faults that need only real services and this process. The other fault tests start a stack per file.
          name: 'faults:quick',
          include: ['test/faults/quick/**/*.faults.test.ts'],
          globalSetup: ['test/support/services-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['test/faults/stack/**/*.faults.test.ts'],
          // Each file runs its own stack, and a small machine can run only one at a time.
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          // Pages in a real browser. It needs Chromium, so `npm test` does not run it.
          name: 'web',
          include: ['test/web/**/*.web.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          // Deployments to MiniStack. It needs Python and PyPI, so `npm test` does not run it.
          name: 'emulator',
          include: ['test/emulator/**/*.emulator.test.ts'],
          // Its files install the same Python tools.
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e.test.ts'],
          globalSetup: ['test/support/stack-setup.ts'],
          setupFiles: ['test/support/documented-answers-setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
