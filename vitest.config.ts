import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/peers/**"],
    pool: "threads",
    maxWorkers: 2,
    // Only what never ends fails by time: a busy machine is no fault of the code.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
