// What a cluster of Patroni is run with: Patroni itself, which pip brings into a cache of this user, and etcd, where
// its nodes agree on who leads. Without one of them, what needs them is skipped by name, with the reason.
import { execFileSync } from "node:child_process"
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync
} from "node:fs"
import { homedir, tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { pathOf, whyNoProgram } from "../programs.ts"
import { whyNoBackupTools } from "../recovery/backupTools.ts"
import { watcherPath, whyNoWatcher } from "../watching/debianPrograms.ts"

const list = fileURLToPath(new URL("../../patroni.txt", import.meta.url))

const version = () => /^patroni\S*==(\S+)/m.exec(readFileSync(list, "utf8"))?.[1] ?? "?"

/** That of the system, which other users may read. */
const python = () => (existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3")

const cached = () =>
  join(
    process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"),
    ...["holdfast", "test-servers", `patroni-${version()}`]
  )

/** Under another name first, so that a run that is killed leaves no half of it. */
const bring = (): void => {
  const folder = cached()
  mkdirSync(join(folder, ".."), { recursive: true })
  const fresh = mkdtempSync(`${folder}-`)
  try {
    execFileSync(
      "python3",
      [
        ...["-m", "pip", "--python", python(), "install", "--quiet", "--prefer-binary"],
        ...["--no-compile", "--target", fresh, "--requirement", list]
      ],
      { stdio: ["ignore", "ignore", "pipe"], timeout: 300_000 }
    )
    if (!existsSync(folder)) renameSync(fresh, folder)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

/** Why there can be no cluster of Patroni here; undefined when there can. */
export const whyNoPatroni = (): string | undefined => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    return "SKIPPED: only root on Linux may make the namespaces in which nodes of Patroni are lost whole"
  }
  const reason = whyNoBackupTools() ?? whyNoProgram("haproxy") ?? whyNoWatcher("etcd")
  if (reason !== undefined || existsSync(cached())) return reason
  try {
    bring()
    return undefined
  } catch (cause) {
    return `SKIPPED: pip cannot bring Patroni: ${String(cause).split("\n")[0]}`
  }
}

/** Patroni where the user of the database may read it, and the programs that it needs. */
export const patroniTools = (): {
  readonly python: string
  readonly modules: string
  readonly etcd: string
  readonly haproxy: string
} => {
  const reason = whyNoPatroni()
  if (reason !== undefined) throw new Error(reason)
  const modules = join(tmpdir(), `holdfast-patroni-${version()}`)
  if (!existsSync(modules)) {
    const draft = mkdtempSync(`${modules}-`)
    cpSync(cached(), draft, { recursive: true })
    chmodSync(draft, 0o755)
    renameSync(draft, modules)
  }
  return { python: python(), modules, etcd: watcherPath("etcd"), haproxy: pathOf("haproxy") }
}
