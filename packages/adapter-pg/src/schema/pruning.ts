/**
 * Drops partitions beside writers at work. Dropping one locks its whole table for a moment. While a
 * transaction holds the table, that lock is asked for only 100 ms at a time, since everybody who
 * comes later waits behind it, and the pauses between are longer and longer.
 */
import { type ManagedChange, makeManagementRecords } from "@holdfast/core/engine"
import { StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import { insertRecords, insertSenders } from "../audit/statements/writeAudit.ts"
import type { Row } from "../connection/Query.ts"
import type { Session } from "../connection/Session.ts"
import { isLockTimeout, type SqlFailure } from "../connection/SqlFailure.ts"
import {
  beginPart,
  dropPartitions,
  lockForDrop,
  readPartitions,
  undoPart
} from "./statements/prunePartitions.ts"

/** Writes the record of what is dropped, in the transaction that a session has begun. */
export type KeepRecord = (
  session: Session,
  change: ManagedChange
) => Effect.Effect<void, SqlFailure | StoreError>

/** Makes what writes such records into the audit log of a schema; `nowMillis` is the clock of a test. */
export const keepingRecords = (
  schema: string,
  nowMillis: number | null
): Effect.Effect<KeepRecord> =>
  Effect.map(makeManagementRecords, (record) => {
    const [records, senders] = [insertRecords(schema), insertSenders(schema)]
    return Effect.fnUntraced(function* (session, change) {
      const kept = yield* record(change)
      if (kept === undefined) return
      const sent = kept.sender === null ? [] : [senders([kept])]
      yield* session.run([records([kept.text], nowMillis), ...sent])
    })
  })

/** How often a lock is asked for before it is left to a later call. */
const triesMax = 20

const pauseMillis = (tries: number): number => Math.min(25 * 2 ** tries, 500)

/** Runs a part of a transaction until it got its locks; between two tries it holds none of them. */
export const patiently = <A, E>(
  session: Session,
  part: Effect.Effect<A, E | SqlFailure>
): Effect.Effect<A, E | SqlFailure | StoreError> => {
  const attempt = (tries: number): Effect.Effect<A, E | SqlFailure | StoreError> =>
    Effect.andThen(session.run([beginPart]), part).pipe(
      Effect.catch((error) => {
        const isLocked =
          typeof error === "object" &&
          error !== null &&
          "_tag" in error &&
          error._tag === "SqlFailure" &&
          isLockTimeout(error as SqlFailure)
        if (!isLocked) return Effect.fail(error)
        if (tries === triesMax) {
          return Effect.fail(
            new StoreError({
              reason: "Busy",
              message:
                "other transactions kept the tables locked, and nothing was dropped; try again, " +
                "and look for a transaction that stays open",
              cause: error
            })
          )
        }
        return session
          .run([undoPart])
          .pipe(
            Effect.andThen(Effect.sleep(pauseMillis(tries))),
            Effect.andThen(Effect.suspend(() => attempt(tries + 1)))
          )
      })
    )
  return attempt(0)
}

/** Drops partitions of a table, in a part. */
export const dropFrom = (
  session: Session,
  schema: string,
  table: string,
  partitions: ReadonlyArray<string>
): Effect.Effect<void, SqlFailure> =>
  // One at a time: what follows a lock that was refused must not be sent.
  Effect.forEach(
    [...lockForDrop(schema, table, partitions), dropPartitions(schema, partitions)],
    (step) => session.run([step]),
    { discard: true }
  )

/** What is known of a table before anything is dropped. */
export interface Partitioned {
  readonly names: ReadonlyArray<string>
  readonly nowMillis: number
}

/** The partitions of a table by name, if this user may drop them. */
export const partitionsOf = Effect.fnUntraced(function* (
  session: Session,
  schema: string,
  table: string,
  mayLook: boolean
): Effect.fn.Return<Partitioned, SqlFailure | StoreError> {
  const [rows = []] = yield* session.run([readPartitions(schema, table)])
  const [first] = rows
  if (!mayLook && first?.["may_drop"] !== true) {
    return yield* new StoreError({
      reason: "Unavailable",
      message:
        `only the owner of the tables may drop old ones; run holdfast prune as ` +
        `${String(first?.["owner"])}`
    })
  }
  return {
    names: rows.flatMap((row: Row) => (row["name"] as string | null) ?? []),
    nowMillis: (first?.["now"] as number | undefined) ?? 0
  }
})
