/**
 * How old the newest backups of a server are. What takes them records it in a table of its own
 * (`deploy/backup/setup.sql`), which no migration makes: a backup is of a whole server, whatever lies in it.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import type { StoreError } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import { runQueries } from "../../connection/Session.ts"
import { toStoreError } from "../../connection/SqlFailure.ts"
import { lookForBackups, readBackups } from "../statements/readBackups.ts"

/**
 * What is recorded: the last full backup, the last increment on one, the last one that was restored and
 * checked, and up to when the write-ahead log is kept elsewhere.
 */
export type BackupKind = "full" | "incremental" | "verified" | "wal"

/** How long ago each kind was, in seconds; nothing of kinds that nobody has recorded. */
export type BackupAges = ReadonlyMap<BackupKind, number>

/** Looks up how old backups are. Fails when the database is unreachable. */
export const backupAges: Effect.Effect<BackupAges, StoreError, PgPool.PgPool> = Effect.gen(
  function* () {
    const pool = yield* PgPool.PgPool
    const run = (query: typeof readBackups) =>
      Effect.map(Effect.mapError(runQueries(pool)([query]), toStoreError), ([rows = []]) => rows)
    const [found] = yield* run(lookForBackups)
    const ages = new Map<BackupKind, number>()
    const archived = found?.["archive_seconds"]
    if (typeof archived === "number") ages.set("wal", archived)
    const rows = found?.["is_recorded"] === true ? yield* run(readBackups) : []
    for (const { kind, seconds } of rows) {
      const age = Math.max(0, Number(seconds))
      const known = ages.get(kind as BackupKind)
      ages.set(kind as BackupKind, known === undefined ? age : Math.min(known, age))
    }
    return ages
  }
)
