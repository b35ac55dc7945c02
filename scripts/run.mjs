/**
 * `npm start` and `npm test` from a bare clone. Plain JavaScript that any Node from 18 on can run:
 * it fetches pnpm and the Node that Holdfast needs through npm, then hands over to them.
 * A signal that reaches this process, or the death of the shell that npm put above it, reaches the
 * server, so that no server outlives its terminal and keeps the port.
 */
import { spawn, spawnSync } from "node:child_process"

const pnpm = (...args) => {
  const { status } = spawnSync("npx", ["--yes", "--prefer-offline", "pnpm@12.21.0", ...args], {
    stdio: "inherit",
    shell: process.platform === "win32"
  })
  if (status !== 0) process.exit(status ?? 1)
}

const start = (args) => {
  pnpm("run", "build")
  const server = spawn(
    "node_modules/node/bin/node",
    ["packages/server/bin/holdfast.js", "serve", ...args],
    { stdio: "inherit" }
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
  // npm's shell may die without passing its signal on.
  const shell = process.ppid
  setInterval(() => process.ppid === shell || stop("SIGTERM"), 250).unref()
  server.on("exit", (code) => process.exit(code ?? 1))
}

const [, , what, ...rest] = process.argv
pnpm("install", "--frozen-lockfile", "--prefer-offline")
if (what === "start") start(rest)
// Silent, so that the counts stay the last line also when a test failed.
else pnpm("--silent", "run", "verify", ...rest)
