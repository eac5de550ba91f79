import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Vite would take the package's ES module where Nest, run by Node, takes its CommonJS one: two graphqls know nothing
  // of each other's types.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', './test/support/summary-reporter.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores: files that start servers and workers of their own would only wait for each other.
    maxWorkers: 2,
  },
});
