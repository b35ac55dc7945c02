// Copies an embedded database while another process may have it open and writes to it. It promises a copy
// that starts as after a crash at its end: every page that changed while it was read is written again from
// the write-ahead log. That holds since the order is: the control file, then the data, then the log. The log
// from the checkpoint of that control file on has the first change of every page as a whole page, and no page
// is written to its file before its log is. A checkpoint meanwhile may take old log away; then the copy begins
// again. The process that writes is not asked, and does not wait.
import { constants } from "node:fs"
import { copyFile, mkdir, open, readdir, rm, stat, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { type ControlFile, readControlFile } from "./controlFile.ts"

/** How far a copy is, in bytes. The total is what there was when it began. */
export interface CopyProgress {
  readonly bytesDone: number
  readonly bytesTotal: number
}

/** What is copied, and where to. */
export interface CopyOptions {
  /** The data folder of the database. */
  readonly from: string
  /** A folder that is not there yet. */
  readonly to: string
  /** Whether somebody else has the database open. Else the caller holds the lock of its folder. */
  readonly isInUse: boolean
  readonly onProgress: (progress: CopyProgress) => void
}

/** What was copied. */
export interface Copied {
  readonly systemId: bigint
  /** Each file by its path in the folder. */
  readonly files: ReadonlyArray<string>
  /** How often the copy had to begin again. */
  readonly repeats: number
}

/** Contents that a start makes again, and files that say who has it open. */
const leftOut =
  /^(?:postmaster\.|pg_(?:subtrans|stat_tmp|notify|serial|snapshots|dynshmem)\/)|\.s\.PGSQL\./

const controlPath = join("global", "pg_control")

const isLog = (path: string) => path.startsWith("pg_wal/")

interface Listed {
  readonly folders: ReadonlyArray<string>
  readonly files: ReadonlyArray<string>
}

/** Everything in a folder, by paths in it. */
const listed = async (root: string): Promise<Listed> => {
  const entries = await readdir(root, { withFileTypes: true, recursive: true })
  const pathOf = (entry: (typeof entries)[number]) =>
    join(entry.parentPath, entry.name)
      .slice(root.length + 1)
      .replaceAll("\\", "/")
  return {
    folders: entries.filter((entry) => entry.isDirectory()).map(pathOf),
    files: entries
      .filter((entry) => entry.isFile())
      .map(pathOf)
      .filter((path) => !leftOut.test(path) && path !== controlPath)
  }
}

const isGone = (cause: unknown) => (cause as NodeJS.ErrnoException).code === "ENOENT"

/** A file may go while it is copied: the log says so, and its replay removes it from the copy as well. */
const unlessGone = async <A>(task: Promise<A>): Promise<A | undefined> => {
  try {
    return await task
  } catch (cause) {
    if (isGone(cause)) return undefined
    throw cause
  }
}

const sizeOf = async (path: string): Promise<number> => (await unlessGone(stat(path)))?.size ?? 0

/** Until the database is open for writes: a start or an end of its process is under way else. */
const openControl = async (from: string): Promise<ControlFile> => {
  for (let tries = 0; ; tries++) {
    const control = await readControlFile(from)
    if (control.isOpen) return control
    if (tries === 300) throw new Error("its process has been starting or ending for 30 s")
    await pause(100)
  }
}

const repeatsMax = 5

/** Copies a database. Rejects with what the file system says, or when too many checkpoints interrupt it. */
export const copyEmbedded = async (options: CopyOptions): Promise<Copied> => {
  const { from, isInUse, onProgress, to } = options
  for (let repeats = 0; repeats <= repeatsMax; repeats++) {
    const control = await (isInUse ? openControl(from) : readControlFile(from))
    const files = await copyOnce(from, to, onProgress)
    const after = await readControlFile(from)
    if (after.checkpoint === control.checkpoint || !isInUse) {
      await writeFile(join(to, controlPath), control.bytes, { mode: 0o600 })
      return { systemId: control.systemId, files: [...files, controlPath], repeats }
    }
    await rm(to, { recursive: true, force: true })
  }
  throw new Error(
    `a checkpoint came between ${repeatsMax + 1} times: try again when less is written`
  )
}

const copyOnce = async (
  from: string,
  to: string,
  onProgress: (progress: CopyProgress) => void
): Promise<ReadonlyArray<string>> => {
  const before = await listed(from)
  let bytesTotal = 0
  for (const path of before.files) bytesTotal += await sizeOf(join(from, path))
  await mkdir(to, { recursive: true, mode: 0o700 })
  for (const path of before.folders) await mkdir(join(to, path), { recursive: true, mode: 0o700 })
  const copied: Array<string> = []
  let bytesDone = 0
  const copy = async (path: string) => {
    const target = join(to, path)
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    // Where the file system can share blocks, it does.
    await unlessGone(
      copyFile(join(from, path), target, constants.COPYFILE_FICLONE).then(() => copied.push(path))
    )
    bytesDone += await sizeOf(target)
    onProgress({ bytesDone, bytesTotal: Math.max(bytesDone, bytesTotal) })
  }
  for (const path of before.files.filter((file) => !isLog(file))) await copy(path)
  // Listed again: what was written meanwhile may have begun new files of the log.
  for (const path of (await listed(from)).files.filter(isLog)) await copy(path)
  return copied
}

/** Waits until a file is on the disk. */
export const onDisk = async (path: string): Promise<void> => {
  const file = await open(path, "r+")
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
