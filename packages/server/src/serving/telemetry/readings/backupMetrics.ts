/** How old the newest backups are, as what takes them has recorded. */
import { type BackupAges, backupAges, type PgSessions } from "@holdfast/adapter-pg/effect"
import { gauge, readNowAndThen } from "@holdfast/core/metrics"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { recordedBackup } from "../../../backup/recordedBackup.ts"
import type { DatabasePlace } from "../../../cli/databaseSettings.ts"

const age = gauge(
  "holdfast_backup_age_seconds",
  "How long ago the last backup of a kind ended; of wal, how old a change may be that is nowhere else",
  { unit: "seconds", labels: ["kind"], seriesMax: 5 }
)

/** How old backups of a place are. */
export const backupAgesOf = (place: DatabasePlace) =>
  place._tag === "Folder"
    ? Effect.map(
        recordedBackup(place.folder),
        (last): BackupAges =>
          new Map(last === undefined ? [] : [["full", (Date.now() - last.endedAt) / 1_000]])
      )
    : backupAges

/** Shows how old backups are, until the scope closes. */
export const showBackups = Effect.fnUntraced(function* (
  place: DatabasePlace,
  everyMillis: number
): Effect.fn.Return<void, never, PgSessions | Scope.Scope> {
  if (place._tag === "Memory") return
  const services = yield* Effect.context<PgSessions>()
  const shown = age.in(services)
  let known: BackupAges = new Map()
  const read = Effect.map(backupAgesOf(place), (ages) => {
    for (const [kind, seconds] of ages) shown.with(kind).set(seconds)
    for (const kind of known.keys()) if (!ages.has(kind)) shown.clear(kind)
    known = ages
  })
  yield* readNowAndThen({
    name: "backups",
    every: everyMillis,
    read: Effect.provideContext(read, services)
  })
})
