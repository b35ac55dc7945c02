/** When an embedded database was last backed up, as a file beside it says. Its server reads it for its metrics. */
import { readFile, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"

/** The last backup of a folder. */
export interface RecordedBackup {
  /** When it ended, in epoch milliseconds. */
  readonly endedAt: number
  readonly bytes: number
}

const fileOf = (folder: string) => join(folder, "last-backup.json")

/** The last backup of a folder; undefined when none is recorded. */
export const recordedBackup = (folder: string): Effect.Effect<RecordedBackup | undefined> =>
  Effect.promise(async () => {
    try {
      const { bytes, endedAt } = JSON.parse(await readFile(fileOf(folder), "utf8"))
      const millis = Date.parse(endedAt)
      return Number.isNaN(millis) ? undefined : { endedAt: millis, bytes: Number(bytes) }
    } catch {
      return undefined
    }
  })

/** Records a backup of a folder. */
export const recordBackup = async (folder: string, backup: RecordedBackup): Promise<void> => {
  const draft = `${fileOf(folder)}.draft`
  const { bytes, endedAt } = backup
  await writeFile(draft, `${JSON.stringify({ endedAt: new Date(endedAt).toISOString(), bytes })}\n`)
  await rename(draft, fileOf(folder))
}
