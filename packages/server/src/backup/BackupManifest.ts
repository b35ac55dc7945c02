/** What a backup of an embedded database says of itself: `holdfast-backup.json`, which is written last. */
import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { pipeline } from "node:stream/promises"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type CommandFailure, failure } from "../cli/CommandFailure.ts"

/** The form of backups that this release writes, and the only one that it reads. */
export const backupFormat = 1

const ManifestFile = Schema.Struct({
  path: Schema.String,
  bytes: Schema.Number,
  sha256: Schema.String
})

const Manifest = Schema.Struct({
  holdfastBackup: Schema.Number,
  /** The release that made it. */
  release: Schema.String,
  /** The major version of PostgreSQL whose files these are. */
  postgres: Schema.Number,
  /** When the copy ended: what was acknowledged before it began is in it. */
  takenAt: Schema.String,
  bytes: Schema.Number,
  files: Schema.Array(ManifestFile)
})

/** The manifest of a backup: every file of `pgdata`, with its digest. */
export type BackupManifest = typeof Manifest.Type

/** The name of the file. */
export const manifestName = "holdfast-backup.json"

/** The digest of a file, in hex. */
export const digestOf = async (path: string): Promise<string> => {
  const hash = createHash("sha256")
  await pipeline(createReadStream(path), hash)
  return hash.digest("hex")
}

const refused = (folder: string, why: string) =>
  failure("NotABackup", `${folder} is not a backup of Holdfast: ${why}`)

/** Reads the manifest of a backup, or says why the folder is none that this release can restore. */
export const readManifest = (
  folder: string,
  postgres: number
): Effect.Effect<BackupManifest, CommandFailure> =>
  Effect.gen(function* () {
    const text = yield* Effect.tryPromise({
      try: () => readFile(join(folder, manifestName), "utf8"),
      catch: () =>
        refused(folder, `it has no ${manifestName}; name the folder that holdfast backup made`)
    })
    const value = yield* Effect.try({
      try: (): unknown => JSON.parse(text),
      catch: () => refused(folder, `${manifestName} is cut or damaged; take another backup`)
    })
    const format = (value as { readonly holdfastBackup?: unknown } | null)?.holdfastBackup
    if (typeof format === "number" && format !== backupFormat) {
      return yield* failure(
        "BackupVersion",
        `${folder} is a backup of form ${format}, and this release reads form ${backupFormat}: restore it with the release that made it`
      )
    }
    const manifest = yield* Effect.mapError(Schema.decodeUnknownEffect(Manifest)(value), () =>
      refused(folder, `${manifestName} does not say what a backup says; take another backup`)
    )
    if (manifest.postgres !== postgres) {
      return yield* failure(
        "BackupVersion",
        `${folder} has files of PostgreSQL ${manifest.postgres}, and this release embeds PostgreSQL ${postgres}: ` +
          `restore it with release ${manifest.release}`
      )
    }
    const outside = manifest.files.find(({ path }) => /^\/|(^|\/)\.\.(\/|$)|\\/.test(path))
    if (outside !== undefined) return yield* refused(folder, `it names ${outside.path}`)
    return manifest
  })
