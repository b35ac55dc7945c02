/**
 * `holdfast backup <folder>`: copies the embedded database, also while a server has it open, and checks the
 * copy by opening it. A backup is there whole under its name, or not at all.
 */
import { readdir, rename, rm, stat, writeFile } from "node:fs/promises"
import { dirname, join, resolve } from "node:path"
import {
  copyEmbedded,
  embeddedMajor,
  isFolderInUse,
  makeFolder,
  onDisk,
  whileFolderLocked
} from "@holdfast/adapter-pg/effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import {
  type BackupManifest,
  backupFormat,
  digestOf,
  manifestName
} from "../../backup/BackupManifest.ts"
import { recordBackup } from "../../backup/recordedBackup.ts"
import { Answered, answer, answeringOnce } from "../../cli/answering.ts"
import { type CommandFailure, failure } from "../../cli/CommandFailure.ts"
import { checkedSchemas } from "../../cli/contextSettings.ts"
import { checkedToExist } from "../../cli/databaseSettings.ts"
import { failureOf } from "../onDatabase.ts"
import { checkedContents } from "./checking.ts"
import { makeCopyDrawing } from "./drawing.ts"
import { embeddedFlags, embeddedPlace, liesWithin, namesIn } from "./embeddedPlace.ts"

const config = {
  to: Argument.String("folder").pipe(
    Argument.withDescription("A folder to make; it must not be there, or be empty")
  ),
  ...embeddedFlags
}

const unwritable = (to: string) => (cause: unknown) =>
  failure("BackupUnwritable", `${to} cannot be written: ${String(cause)}`)

/** Refuses a target that has something in it, and one that would go with the database. */
const checkedTarget = (to: string, folder: string): Effect.Effect<void, CommandFailure> =>
  Effect.gen(function* () {
    if ((yield* namesIn(to)).length > 0) {
      return yield* failure("TargetNotEmpty", `${to} is not empty: name a folder to make`)
    }
    if (liesWithin(to, folder)) {
      return yield* failure(
        "TargetWithin",
        `${to} lies within ${folder}, and would be lost with it: name a folder elsewhere`
      )
    }
  })

/** Every file below a folder, with its digest, and each on the disk. */
const describedFiles = async (pgdata: string): Promise<BackupManifest["files"]> => {
  const entries = await readdir(pgdata, { withFileTypes: true, recursive: true })
  const files: Array<BackupManifest["files"][number]> = []
  for (const entry of entries.filter((one) => one.isFile())) {
    const full = join(entry.parentPath, entry.name)
    const path = full.slice(pgdata.length + 1).replaceAll("\\", "/")
    await onDisk(full)
    files.push({ path, bytes: (await stat(full)).size, sha256: await digestOf(full) })
  }
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** Copies an embedded database into a new folder, with a manifest. */
export const backup = (release: string) =>
  Command.make("backup", config, (input) =>
    answeringOnce(
      input,
      Effect.gen(function* () {
        yield* checkedSchemas(input)
        const place = yield* embeddedPlace(input, "backs up")
        yield* checkedToExist(place)
        const to = resolve(input.to)
        yield* checkedTarget(to, resolve(place.folder))
        // A name of its own: nothing that is there is anybody's to remove.
        const draft = `${to}.draft-${crypto.randomUUID()}`
        const drawing = makeCopyDrawing("copied", input)
        const from = join(resolve(place.folder), "pgdata")
        const isInUse = yield* Effect.mapError(isFolderInUse(place.folder), failureOf(place.folder))
        const copy = Effect.tryPromise({
          try: async () => {
            makeFolder(draft, 0o700)
            return copyEmbedded({
              ...{ from, to: join(draft, "pgdata"), isInUse },
              onProgress: drawing.show
            })
          },
          catch: (cause) =>
            failure(
              "BackupFailed",
              `${place.folder} could not be copied to ${to}: ${String(cause)}`
            )
        }).pipe(Effect.ensuring(Effect.sync(drawing.clear)))
        const work = Effect.gen(function* () {
          const { repeats } = yield* isInUse ? copy : whileFolderLocked(place.folder, copy)
          const takenAt = new Date()
          const contents = yield* checkedContents(draft, input)
          const manifest = yield* Effect.tryPromise({
            try: async () => {
              await rm(join(draft, "holdfast.lock"), { force: true })
              const files = await describedFiles(join(draft, "pgdata"))
              const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
              const written: BackupManifest = {
                holdfastBackup: backupFormat,
                ...{ release, postgres: embeddedMajor, takenAt: takenAt.toISOString() },
                ...{ bytes, files }
              }
              await writeFile(join(draft, manifestName), `${JSON.stringify(written, null, 1)}\n`)
              await onDisk(join(draft, manifestName))
              makeFolder(dirname(to))
              await rename(draft, to)
              return written
            },
            catch: unwritable(to)
          })
          yield* Effect.tryPromise({
            try: () =>
              recordBackup(place.folder, { endedAt: takenAt.getTime(), bytes: manifest.bytes }),
            catch: (cause) =>
              failure(
                "BackupUnrecorded",
                `${to} is whole, but ${place.folder} cannot note it, so its server goes on telling the age of the one before: ${String(cause)}`
              )
          })
          const { bytes, files } = manifest
          const { agreeing, levels } = contents
          const isWhole = agreeing === levels
          yield* answer(
            input,
            {
              backup: to,
              takenAt: manifest.takenAt,
              bytes,
              files: files.length,
              repeats,
              ...contents
            },
            [
              `backed up ${place.folder} to ${to}: ${(bytes / 1_048_576).toFixed(1)} MiB in ${files.length} files${isInUse ? ", while it was open" : ""}`,
              `opened the copy: ${agreeing} of ${levels} levels agree with the ledger and the open holds`,
              ...(isWhole ? [] : ["run holdfast reconcile: the database itself may disagree"])
            ]
          )
          if (!isWhole) return yield* new Answered({ exitCode: 1 })
        })
        yield* work.pipe(
          Effect.mapError(failureOf(`the copy of ${place.folder}`)),
          Effect.ensuring(Effect.promise(() => rm(draft, { recursive: true, force: true })))
        )
      })
    )
  ).pipe(
    Command.withDescription(
      "Copy the embedded database into a new folder, also while a server has it open"
    ),
    Command.withExamples([
      { command: "holdfast backup backups/monday", description: "A backup of .holdfast" }
    ])
  )
