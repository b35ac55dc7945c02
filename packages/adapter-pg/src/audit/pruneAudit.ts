/**
 * Drops what is old of an audit log: records and seals up to a seal that becomes the anchor of the chain.
 * Steps of some seals each are transactions of their own, and what is done stays done.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import type { Anchor, AuditLog, SealedLog } from "@holdfast/core/audit"
import { makeManagementRecords } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import { toStoreError } from "../connection/SqlFailure.ts"
import { checkedSchemaName } from "../schema/schemaName.ts"
import { recordedChanges } from "./recordedChanges.ts"
import { deleteRecords, deleteSeals, insertAnchor } from "./statements/pruneAudit.ts"

/** What was dropped of a log. */
export interface PrunedAudit {
  readonly log: SealedLog
  readonly records: number
  readonly seals: number
  /** Where the chain begins now; null when nothing was ever dropped. */
  readonly anchor: Anchor | null
}

/** How many seals one step drops at most: some 16,000 records. */
const sealsAtOnce = 64

/**
 * Drops what a log has up to a seal, which must be there and must not be the last. Of the log of events it drops
 * the seals alone: their events must be dropped before. It needs the owner of the tables. Each step leaves a
 * record in the same transaction.
 */
export const pruneAuditLog = Effect.fnUntraced(function* (
  name: string,
  audit: AuditLog,
  log: SealedLog,
  upTo: number
) {
  const schema = yield* checkedSchemaName(name)
  const change = recordedChanges(yield* PgPool.PgPool, { schema, silenceMillisMax: 120_000 })
  const record = yield* makeManagementRecords
  const statements = {
    anchor: insertAnchor(schema),
    seals: deleteSeals(schema),
    records: deleteRecords(schema)
  }
  let [records, seals] = [0, 0]
  let anchor = yield* audit.anchor(log)
  while ((anchor?.number ?? 0) < upTo) {
    const page = yield* audit.seals(log, anchor?.number ?? 0, sealsAtOnce)
    const next = page.filter(({ number }) => number <= upTo).at(-1)
    if (next === undefined) break
    const targets = [`LOG:${log}`, `SEAL:${next.number}`]
    const drops = log === "AUDIT" ? [statements.records(next.lastPosition)] : []
    const [kept, ...gone] = yield* Effect.mapError(
      change(
        [statements.anchor(log, next), statements.seals(log, next.number), ...drops],
        yield* record({ operation: "PruneAudit", targets })
      ),
      toStoreError
    )
    if (kept?.length !== 1) break
    const [ofSeals = 0, ofRecords = 0] = gone.map(([row]) => row?.["gone"] as number)
    seals += ofSeals
    records += ofRecords
    const { digest, lastPosition, number } = next
    anchor = { digest, lastPosition, number }
  }
  return { log, records, seals, anchor } satisfies PrunedAudit
})
