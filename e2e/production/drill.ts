/**
 * `pnpm drill image`: builds the committed Dockerfile, and runs the image as the chart does: another user, a
 * root that cannot be written to, no capability. It says what it cost. With docker it takes the bases that the
 * file names; where none works, buildah and podman without an engine, over stand-ins of the same names.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort } from "../../test-servers/src/PostgresServer.ts"
import { basesIn, makeStandIns, type Run, whyNoStandIns } from "./standIns.ts"

const dockerfile = "deploy/docker/Dockerfile"

const runner =
  (program: string, before: ReadonlyArray<string>): Run =>
  (...words) => {
    const { status, stderr, stdout } = spawnSync(program, [...before, ...words], {
      encoding: "utf8",
      maxBuffer: 256 * 1024 * 1024
    })
    if (status === 0) return words[0] === "logs" ? `${stdout}${stderr}` : stdout.trim()
    throw new Error(`${program} ${words[0]} ended with ${status}: ${stderr}${stdout}`)
  }

/** How an image is built and run here. */
interface Engine {
  readonly name: string
  readonly run: Run
  readonly build: (tag: string) => void
  /** What `run` needs beside what the chart asks for. */
  readonly options: ReadonlyArray<string>
}

const docker = (): Engine | undefined => {
  if (spawnSync("docker", ["info"], { stdio: "ignore" }).status !== 0) return undefined
  const run = runner("docker", [])
  const build = (tag: string) => {
    run("build", "--file", dockerfile, "--tag", tag, ".")
  }
  return { name: "docker", run, build, options: [] }
}

/** Storage of its own, gone at the end. */
const withoutEngine = (): Engine => {
  const reason = whyNoStandIns()
  if (reason !== undefined) {
    console.error(
      `*** NOT RUN: docker does not work on this machine, and without it: ${reason}. What the image holds is ` +
        "run in every test run without either: vitest run e2e/production ***"
    )
    process.exit(1)
  }
  const place = mkdtempSync(join(tmpdir(), "holdfast-images-"))
  process.on("exit", () => rmSync(place, { recursive: true, force: true }))
  const driver = spawnSync("sh", ["-c", "modprobe overlay; grep -q overlay /proc/filesystems"])
  const storage = [
    ...["--root", join(place, "root"), "--runroot", join(place, "run")],
    ...["--storage-driver", driver.status === 0 ? "overlay" : "vfs"]
  ]
  const buildah = runner("buildah", storage)
  const quiet = ["--cgroup-manager=cgroupfs", "--events-backend=file", "--runtime", "runc"]
  const build = (tag: string) => {
    makeStandIns(buildah, basesIn(dockerfile))
    buildah(
      ...["build", "--isolation=chroot", "--network=host", "--pull-never", "--format", "docker"],
      ...["--ignorefile", `${dockerfile}.dockerignore`, "--tag", tag, "--file", dockerfile, "."]
    )
  }
  const limits = ["--ulimit=nofile=20000:20000", "--ulimit=nproc=4096:4096", "--network=host"]
  return {
    name: "buildah and podman",
    run: runner("podman", [...storage, ...quiet]),
    build,
    options: limits
  }
}

// A container without an engine has the network of this machine: nobody else on it is to reach the server.
const address = ["--env", "HOLDFAST_HOST=127.0.0.1", "--env", `HOLDFAST_PORT=${await freePort()}`]

const { build, name, options, run } = docker() ?? withoutEngine()
console.log(`built and run by ${name}`)

const image = "holdfast:drill"
const began = performance.now()
build(image)
console.log(`built in ${Math.round((performance.now() - began) / 1_000)} s`)
const bytes = Number(run("image", "inspect", "--format", "{{.Size}}", image))
console.log(`image ${(bytes / 1_048_576).toFixed(0)} MB, Node included`)

// The embedded database wants more than the 512 MB that a server before PostgreSQL has.
const container = run(
  ...["run", "--detach", ...options, "--read-only", "--tmpfs", "/tmp", "--memory", "1g"],
  ...["--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
  ...["--env", "HOLDFAST_AUTH=none", "--env", "HOLDFAST_MEMORY=true", ...address, image]
)
try {
  const health: ReadonlyArray<string> = [
    ...["exec", container, "/usr/local/bin/node", "/app/bin/holdfast.js"],
    ...["health", "--timeout", "10s"]
  ]
  const until = performance.now() + 60_000
  const isHealthy = (): boolean => {
    try {
      run(...health)
      return true
    } catch {
      return false
    }
  }
  while (!isHealthy()) {
    if (performance.now() > until) throw new Error(`not ready: ${run("logs", container)}`)
  }
  // One program is there: nobody who gets in finds a shell, or a place to write to.
  const finds = (...words: ReadonlyArray<string>): boolean => {
    try {
      run("exec", container, ...words)
      return true
    } catch {
      return false
    }
  }
  const script = "require('node:fs').writeFileSync('/app/x', '')"
  const could = [finds("/bin/sh", "-c", "true"), finds("/usr/local/bin/node", "-e", script)]
  console.log(`a shell: ${could[0]}, a root to write to: ${could[1]}`)
  if (could.includes(true)) process.exitCode = 1
  console.log(`healthy: ${run(...health)}`)
  const stopping = performance.now()
  run("stop", "--time", "60", container)
  const code = run("inspect", "--format", "{{.State.ExitCode}}", container)
  console.log(`stopped with ${code} in ${((performance.now() - stopping) / 1_000).toFixed(1)} s`)
  if (code !== "0") process.exitCode = 1
} finally {
  run("rm", "--force", container)
}
