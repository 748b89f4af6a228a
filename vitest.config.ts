import { configDefaults, defineConfig } from "vitest/config";

const results = process.env["FORGE_TEST_RESULTS"];

export default defineConfig({
  test: {
    dir: "test",
    exclude: [...configDefaults.exclude, "test/act/**"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: results === undefined ? ["default"] : ["default", ["json", { outputFile: results }]],
  },
});
