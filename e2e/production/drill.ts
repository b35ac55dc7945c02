/**
 * `pnpm drill image`: builds the committed Dockerfile with docker or podman, and runs the image as the
 * chart does: another user, a root that cannot be written to, no capability. It says what it cost.
 */
import { spawnSync } from "node:child_process"

const engine = ["docker", "podman"].find(
  (name) => spawnSync(name, ["info"], { stdio: "ignore" }).status === 0
)
if (engine === undefined) {
  console.error(
    "*** NOT RUN: neither docker nor podman works on this machine. What the image holds is run in " +
      "every test run without an engine: vitest run e2e/production ***"
  )
  process.exit(1)
}

const run = (...args: ReadonlyArray<string>): string => {
  const { status, stderr, stdout } = spawnSync(engine, args, {
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024
  })
  if (status !== 0) throw new Error(`${engine} ${args[0]} ended with ${status}: ${stderr}${stdout}`)
  return stdout.trim()
}

const image = "holdfast:drill"
const began = performance.now()
run("build", "--file", "deploy/docker/Dockerfile", "--tag", image, ".")
console.log(`built in ${Math.round((performance.now() - began) / 1_000)} s`)
const bytes = Number(run("image", "inspect", "--format", "{{.Size}}", image))
console.log(`image ${(bytes / 1_048_576).toFixed(0)} MB, Node included`)

const container = run(
  ...["run", "--detach", "--read-only", "--tmpfs", "/tmp", "--memory", "512m"],
  ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
  ...["--env", "HOLDFAST_AUTH=keys", "--env", "HOLDFAST_MEMORY=true", image]
)
try {
  const health = [
    ...["exec", container, "/usr/local/bin/node", "/app/bin/holdfast.js"],
    ...["health", "--timeout", "10s"]
  ]
  const until = performance.now() + 60_000
  while (spawnSync(engine, health, { stdio: "ignore" }).status !== 0) {
    if (performance.now() > until) throw new Error(`not ready: ${run("logs", container)}`)
  }
  console.log(`healthy: ${run(...health)}`)
  const stopping = performance.now()
  run("stop", "--time", "60", container)
  const code = run("inspect", "--format", "{{.State.ExitCode}}", container)
  console.log(`stopped with ${code} in ${((performance.now() - stopping) / 1_000).toFixed(1)} s`)
  if (code !== "0") process.exitCode = 1
} finally {
  run("rm", "--force", container)
}
