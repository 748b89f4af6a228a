import { defineConfig } from "vitest/config";

const results = process.env["FORGE_TEST_RESULTS"];

/** Suites against real servers, `npm run test:servers`. What this machine does not have is left out, and the title says why. */
export default defineConfig({
  test: {
    dir: "test/servers",
    include: ["**/*.servers.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    reporters: results === undefined ? ["default"] : ["default", ["json", { outputFile: results }]],
  },
});
