/**
 * `holdfast restore <backup>`: puts a backup of an embedded database into a folder that has none, file by file
 * as its manifest says, and checks it by opening it.
 */
import { existsSync } from "node:fs"
import { copyFile, readdir, rename, rm } from "node:fs/promises"
import { dirname, join, resolve } from "node:path"
import {
  embeddedMajor,
  isFolderInUse,
  makeFolder,
  onDisk,
  type StoreStartError
} from "@holdfast/adapter-pg/effect"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { type BackupManifest, digestOf, readManifest } from "../../backup/BackupManifest.ts"
import { Answered, answer, answeringOnce } from "../../cli/answering.ts"
import { CommandFailure, failure } from "../../cli/CommandFailure.ts"
import { checkedSchemas } from "../../cli/contextSettings.ts"
import { failureOf } from "../onDatabase.ts"
import { checkedContents } from "./checking.ts"
import { makeCopyDrawing } from "./drawing.ts"
import { embeddedFlags, embeddedPlace, liesWithin, namesIn } from "./embeddedPlace.ts"

const config = {
  backup: Argument.String("backup").pipe(
    Argument.withDescription("A folder that holdfast backup made")
  ),
  ...embeddedFlags
}

/** A name as a shell takes it. */
const quoted = (name: string): string =>
  /^[\w./:@~+-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`

/** What a restore that did not end may leave in a folder. */
const leftovers = new Set(["holdfast.lock", "holdfast.lock-journal"])

const checkedTarget = (
  folder: string,
  backup: string
): Effect.Effect<undefined, CommandFailure | StoreStartError> =>
  Effect.gen(function* () {
    if (liesWithin(folder, backup)) {
      return yield* failure(
        "TargetWithin",
        `${folder} lies within the backup ${backup}: name a --folder elsewhere`
      )
    }
    const inside = yield* namesIn(folder)
    if (!existsSync(folder)) return
    if (yield* isFolderInUse(folder)) {
      return yield* failure(
        "FolderInUse",
        `${folder} is open in another process, such as a server: restore into a new --folder, and start the server with that`
      )
    }
    if (inside.some((name) => !leftovers.has(name))) {
      return yield* failure(
        "TargetNotEmpty",
        `${folder} is not empty: restore into a new --folder, so that what is there is kept until you have looked`
      )
    }
  })

/** Copies each file, and compares what was written with the manifest. */
const copyFiles = async (
  backup: string,
  { bytes: bytesTotal, files }: BackupManifest,
  target: string,
  show: ReturnType<typeof makeCopyDrawing>["show"]
): Promise<void> => {
  let bytesDone = 0
  // PostgreSQL wants its empty folders as well.
  const folders = await readdir(join(backup, "pgdata"), { withFileTypes: true, recursive: true })
  for (const entry of folders.filter((one) => one.isDirectory())) {
    const path = join(entry.parentPath, entry.name).slice(join(backup, "pgdata").length + 1)
    makeFolder(join(target, path), 0o700)
  }
  for (const { bytes, path, sha256 } of files) {
    const file = join(target, path)
    makeFolder(dirname(file), 0o700)
    try {
      await copyFile(join(backup, "pgdata", path), file)
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause
      throw failure(
        "BackupDamaged",
        `${backup} is damaged: pgdata/${path} is missing; restore another backup`
      )
    }
    if ((await digestOf(file)) !== sha256) {
      throw failure(
        "BackupDamaged",
        `${backup} is damaged: pgdata/${path} is not what was written; restore another backup`
      )
    }
    await onDisk(file)
    bytesDone += bytes
    show({ bytesDone, bytesTotal })
  }
}

/** Puts a backup into a folder that has no database. */
export const restore = Command.make("restore", config, (input) =>
  answeringOnce(
    input,
    Effect.gen(function* () {
      yield* checkedSchemas(input)
      const place = yield* embeddedPlace(input, "restores")
      const backup = resolve(input.backup)
      const folder = resolve(place.folder)
      const manifest = yield* readManifest(backup, embeddedMajor)
      yield* Effect.mapError(checkedTarget(folder, backup), failureOf(folder))
      // A name of its own: nothing that is there is anybody's to remove.
      const draft = `${folder}.draft-${crypto.randomUUID()}`
      const drawing = makeCopyDrawing("restored", input)
      const work = Effect.gen(function* () {
        yield* Effect.tryPromise({
          try: () => copyFiles(backup, manifest, join(draft, "pgdata"), drawing.show),
          catch: (cause) =>
            cause instanceof CommandFailure
              ? cause
              : failure("FolderUnusable", `${folder} cannot be written: ${String(cause)}`)
        }).pipe(Effect.ensuring(Effect.sync(drawing.clear)))
        const contents = yield* checkedContents(draft, input)
        yield* Effect.tryPromise({
          try: async () => {
            // An empty folder gives way to the whole one; one that somebody has filled since does not.
            for (const name of leftovers) await rm(join(folder, name), { force: true })
            await rename(draft, folder)
          },
          catch: (cause) =>
            failure("FolderUnusable", `${folder} cannot be replaced: ${String(cause)}`)
        })
        const { agreeing, levels } = contents
        const { bytes, release, takenAt } = manifest
        yield* answer(input, { folder, takenAt, release, bytes, ...contents }, [
          `restored ${backup} to ${folder}, as it was at ${takenAt}`,
          `opened it: ${agreeing} of ${levels} levels agree with the ledger and the open holds`,
          `start it with holdfast serve --folder ${quoted(place.folder)}`,
          "who follows its events and had gone further: holdfast events cursors, then holdfast events adopt NAME"
        ])
        if (agreeing !== levels) return yield* new Answered({ exitCode: 1 })
      })
      yield* work.pipe(
        Effect.mapError(failureOf(`the restored ${folder}`)),
        Effect.ensuring(Effect.promise(() => rm(draft, { recursive: true, force: true })))
      )
    })
  )
).pipe(
  Command.withDescription("Put a backup of the embedded database into a folder that has none"),
  Command.withExamples([
    {
      command: "holdfast restore backups/monday --folder .holdfast-restored",
      description: "Restore beside what is there"
    }
  ])
)
