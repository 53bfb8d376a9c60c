import { defineConfig } from 'vitest/config';

/**
 * One project per kind of test, told apart by what it may touch. Time-outs are generous: they end what hangs, they
 * measure nothing.
 */
export default defineConfig({
  test: {
    // Inherited by every project below through `extends`.
    env: { LOG_LEVEL: 'SILENT' },
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
          // Importing aws-cdk-lib takes longer than all tests: once, not once per file.
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
          // Faults that real services can be brought to in this process; the others take a stack each.
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
          // Each file runs a stack of its own, and one at a time is what a small machine holds.
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          // Deployments to MiniStack; needs Python and PyPI, so `npm test` leaves it out.
          name: 'emulator',
          include: ['test/emulator/**/*.emulator.test.ts'],
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
