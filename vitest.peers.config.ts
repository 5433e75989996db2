import { defineConfig } from "vitest/config";

/** Tests against real programs. They own namespaces and devices of the machine, so they run one after another. */
export default defineConfig({
  test: {
    include: ["test/peers/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
