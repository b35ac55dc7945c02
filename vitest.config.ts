/**
 * One configuration for every test of the repository. The source condition makes each package
 * import the sources of its neighbours, so that no test ever holds two copies of core.
 */
import { defineConfig } from "vitest/config"
import { CountsReporter } from "./test/CountsReporter.ts"
import { LongestFirst } from "./test/LongestFirst.ts"

const source = "@holdfast/source"

export default defineConfig({
  resolve: { conditions: [source] },
  // Not "import": vitest hands these to Node, and then `require` would be given modules too.
  ssr: { resolve: { conditions: [source, "node"] } },
  test: {
    include: [
      "packages/*/test/**/*.test.ts",
      "examples/*/test/**/*.test.ts",
      "benchmark/test/**/*.test.ts",
      "test-servers/test/**/*.test.ts",
      "e2e/**/*.test.ts",
      "test/**/*.test.ts"
    ],
    globalSetup: [
      "test-servers/src/globalSetup.ts",
      "packages/adapter-pg/scripts/preparePglite.mjs"
    ],
    reporters: [
      "default",
      ...(process.env["GITHUB_ACTIONS"] === undefined ? [] : ["github-actions"]),
      new CountsReporter()
    ],
    pool: "forks",
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 120_000
  }
})
