import { defineConfig } from 'vitest/config';

/**
 * `unit` needs nothing but Node; `e2e` drives a browser (ATLAS_BROWSER) over a built site (ATLAS_SITE); `tfjs-node` needs the
 * package that `npm run test:tfjs-node` builds.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/e2e/**', 'tests/tfjs-node/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'tfjs-node',
          include: ['tests/tfjs-node/**/*.test.ts', 'tests/run/reference.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          env: { ATLAS_TEST_BACKEND: 'tfjs-node-gpu' },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // A page is drawn when its data has come, which takes more than the second of the default on busy cores.
          expect: { poll: { timeout: 15_000 } },
        },
      },
    ],
  },
});
