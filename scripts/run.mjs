/**
 * `npm start` and `npm test` from a bare clone. Plain JavaScript that any Node from 18 on can run:
 * it fetches pnpm and the Node that Holdfast needs through npm, then hands over to them.
 * A signal that reaches this process, or the death of the shell that npm put above it, reaches the
 * server, so that no server outlives its terminal and keeps the port.
 */
import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const pnpm = (...args) => {
  const { status } = spawnSync("npx", ["--yes", "--prefer-offline", "pnpm@12.21.0", ...args], {
    stdio: "inherit",
    shell: process.platform === "win32"
  })
  if (status !== 0) process.exit(status ?? 1)
}

const install = () => pnpm("install", "--frozen-lockfile", "--prefer-offline")

/** Touched after each build; what is younger was not part of it. */
const stamp = "node_modules/.cache/holdfast-built"

const modifiedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity

const filesIn = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const path = join(folder, entry.name)
        return entry.isDirectory() ? filesIn(path) : [path]
      })
    : []

/** Whether there is a build, and nothing that goes into one was changed since. */
const isBuilt = () => {
  const builtAt = existsSync(stamp) ? modifiedAt(stamp) : -Infinity
  const packages = readdirSync("packages").map((name) => join("packages", name))
  return [
    "pnpm-lock.yaml",
    "tsconfig.base.json",
    ...packages.flatMap((folder) => [
      join(folder, "src"),
      ...filesIn(join(folder, "src")),
      ...["package.json", "tsconfig.json", "tsup.config.ts"].map((name) => join(folder, name)),
      // A deleted build is as good as a changed source: it has no time, and counts as the youngest.
      ...(modifiedAt(join(folder, "dist")) === Infinity ? [join(folder, "dist")] : [])
    ])
  ].every((path) => modifiedAt(path) < builtAt)
}

const build = () => {
  if (isBuilt()) return
  console.log("Building Holdfast; the next start skips this.")
  install()
  pnpm("--silent", "run", "build")
  mkdirSync("node_modules/.cache", { recursive: true })
  writeFileSync(stamp, "")
}

const start = (args) => {
  // npm keeps a flag that stands before `--`, and hands over its value alone.
  if (args.length > 0 && !args[0].startsWith("-")) {
    console.error(`"${args[0]}" is no flag: flags come after --, as in npm start -- --port 3100`)
    process.exit(2)
  }
  build()
  const server = spawn(
    "node_modules/node/bin/node",
    ["packages/server/bin/holdfast.js", "serve", ...args],
    // Demo stock, GraphQL and gRPC unless somebody says otherwise: a flag wins over a variable.
    {
      stdio: "inherit",
      env: {
        HOLDFAST_DEMO: "true",
        HOLDFAST_GRAPHQL: "true",
        HOLDFAST_GRPC_PORT: "3001",
        ...process.env
      }
    }
  )
  let asked = false
  const stop = (signal) => {
    if (asked) return
    asked = true
    server.kill(signal)
  }
  process.on("SIGTERM", () => stop("SIGTERM"))
  // A terminal signals its whole group, so there the server has heard it already.
  process.on("SIGINT", () => process.stdin.isTTY || stop("SIGINT"))
  // npm's shell may die without passing its signal on. Then nobody is left to wait for this
  // process.
  const shell = process.ppid
  setInterval(() => process.ppid === shell || stop("SIGINT"), 250).unref()
  server.on("exit", (code) => process.exit(code ?? 1))
}

const [, , what, ...rest] = process.argv
if (what === "start") start(rest)
else {
  install()
  // Silent, so that the counts stay the last line also when a test failed.
  pnpm("--silent", "run", "verify", ...rest)
}
