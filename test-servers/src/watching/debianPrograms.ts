// Programs of Debian's packages that watch servers, such as Prometheus and etcd: one on the PATH, else the package
// unpacked into a cache and not installed, so that no service starts and nothing of the system changes. The
// cache is `$XDG_CACHE_HOME/holdfast`, else `~/.cache/holdfast`; deleting it is safe.
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs"
import { homedir } from "node:os"
import { delimiter, join } from "node:path"

/** The programs, each with its package, those that it needs beside it, and where it lies in them. */
const programs = {
  etcd: { packages: ["etcd-server"], path: "usr/bin/etcd" },
  pgbackrest: { packages: ["pgbackrest"], path: "usr/bin/pgbackrest" },
  promtool: { packages: ["prometheus"], path: "usr/bin/promtool" },
  amtool: { packages: ["prometheus-alertmanager"], path: "usr/bin/amtool" },
  prometheus: { packages: ["prometheus"], path: "usr/bin/prometheus" },
  rsyslogd: {
    packages: ["rsyslog", "rsyslog-elasticsearch", "libestr0", "libfastjson4", "liblognorm5"],
    path: "usr/sbin/rsyslogd"
  }
} as const

/** A program that watches. */
export type WatchingProgram = keyof typeof programs

const cache = () =>
  join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "holdfast", "test-servers")

const ran = (program: string, words: ReadonlyArray<string>, cwd: string): boolean =>
  spawnSync(program, words, { cwd, timeout: 180_000, stdio: "ignore" }).status === 0

const folderOf = (name: WatchingProgram) => join(cache(), `${programs[name].packages[0]}-debian`)

/** The folder is renamed into place whole, so that several processes may bring it at once. */
const bring = (name: WatchingProgram): void => {
  const folder = folderOf(name)
  if (existsSync(folder)) return
  mkdirSync(cache(), { recursive: true })
  const draft = mkdtempSync(join(cache(), "draft-"))
  const words = ["-q", "download", ...programs[name].packages]
  const isThere =
    ran("apt-get", words, draft) ||
    (ran("apt-get", ["update"], draft) && ran("apt-get", words, draft))
  try {
    const archives = readdirSync(draft).filter((file) => file.endsWith(".deb"))
    const isUnpacked = isThere && archives.every((file) => ran("dpkg", ["-x", file, "."], draft))
    if (isUnpacked) renameSync(draft, folder)
  } catch {
    // Another process was faster.
  }
  rmSync(draft, { recursive: true, force: true })
}

const onPath = (name: WatchingProgram): string | undefined =>
  [
    // The folder in which Kubernetes' own tests look, which has an etcd.
    process.env["KUBEBUILDER_ASSETS"] ?? "",
    ...(process.env.PATH ?? "").split(delimiter),
    "/usr/sbin"
  ]
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(existsSync)

const look = (name: WatchingProgram): string | undefined => {
  const installed = onPath(name)
  if (installed !== undefined) return installed
  bring(name)
  const path = join(folderOf(name), programs[name].path)
  return existsSync(path) ? path : undefined
}

const found = new Map<WatchingProgram, string | undefined>()

/** Why a program is not available here; undefined when it is. The first call brings it. */
export const whyNoWatcher = (name: WatchingProgram): string | undefined => {
  if (!found.has(name)) {
    const path = look(name)
    found.set(name, path)
    if (path === undefined) console.warn(`\n*** ${reasonOf(name)}: its tests do not run ***\n`)
  }
  return found.get(name) === undefined ? reasonOf(name) : undefined
}

const reasonOf = (name: WatchingProgram): string =>
  `SKIPPED: no ${name} on this machine; install it (apt-get install ${programs[name].packages[0]})`

/** The path of an available program. */
export const watcherPath = (name: WatchingProgram): string => {
  const reason = whyNoWatcher(name)
  const path = found.get(name)
  if (path === undefined) throw new Error(reason)
  return path
}

/** Where a program of the cache finds what it loads; empty for one that is installed. */
export const watcherFolder = (name: WatchingProgram): string | undefined =>
  watcherPath(name).startsWith(cache()) ? folderOf(name) : undefined
