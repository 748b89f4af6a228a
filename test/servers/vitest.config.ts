import { defineConfig } from "vitest/config";

/** Suites against real servers that have to be installed first: `npx vitest run --config test/servers/vitest.config.ts`. */
export default defineConfig({
  test: { dir: "test/servers", include: ["**/*.servers.ts"], testTimeout: 300_000, hookTimeout: 300_000, fileParallelism: false },
});
