import { defineConfig } from 'vitest/config';

/**
 * `unit` needs nothing but Node; `e2e` drives a browser (ATLAS_BROWSER) over a built site (ATLAS_SITE); `backend` tests
 * the one that ATLAS_TEST_BACKEND names (`npm run test:backend -- NAME`).
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/e2e/**', 'tests/backend/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'backend',
          include: ['tests/backend/**/*.test.ts', 'tests/run/reference.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      { test: { name: 'e2e', include: ['tests/e2e/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
    ],
  },
});
