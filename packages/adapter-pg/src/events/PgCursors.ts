/** The cursors of a log, one row each. */
import * as PgPool from "@effect/sql-pg/PgPool"
import type { EventId, ManagementRecord } from "@holdfast/core/engine"
import {
  type CursorKind,
  CursorKindMismatch,
  type CursorStanding,
  type Cursors,
  CursorUnknown,
  LogRestored,
  PositionBeyondHead,
  PositionGone
} from "@holdfast/core/events"
import { StoreError } from "@holdfast/core/inventory"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { recordedChanges } from "../audit/recordedChanges.ts"
import type { Query, Row } from "../connection/Query.ts"
import { runQueries } from "../connection/Session.ts"
import { type SqlFailure, toStoreError } from "../connection/SqlFailure.ts"
import { millisOf } from "../transaction/batchTrips.ts"
import { cursorMoves } from "./cursorMove.ts"
import { signalOf } from "./LogSignal.ts"
import { settledHead } from "./settledPosition.ts"
import {
  adoptLog,
  advanceCursor,
  deleteCursor,
  deleteDeadLetter,
  releaseCursor,
  renewCursor,
  resetCursor,
  retakeCursor,
  suspendCursor,
  takeCursor
} from "./statements/changeCursors.ts"
import { readCursor, readCursors, readDeadLetters } from "./statements/readCursors.ts"

/** What is known of a cursor before it is taken. */
interface Standing {
  /** Null for a cursor that is not there. */
  readonly kind: CursorKind | null
  readonly position: number
  readonly event_id: EventId | null
  /** The event that the log has at the position. */
  readonly found_id: EventId | null
  /** How far it had come before the log was restored, if somebody noticed. */
  readonly reached_before: number | null
  readonly is_held: boolean
  readonly head: number
  readonly horizon: number
}

/** Why a cursor cannot be taken for a use, however long one waits. */
const obstacleTo = (name: string, wanted: CursorKind, standing: Standing) => {
  const { event_id: eventId, found_id: foundId, head, horizon, kind, position } = standing
  if (kind === null) return undefined
  if (kind !== wanted) return new CursorKindMismatch({ cursor: name, kind, wanted })
  if (standing.reached_before !== null) {
    return new LogRestored({ cursor: name, position: standing.reached_before, head })
  }
  if (position < horizon) return new PositionGone({ after: position, horizon })
  const isWitnessed = eventId === null || eventId === foundId || position === horizon
  return position > head || !isWitnessed
    ? new LogRestored({ cursor: name, position, head })
    : undefined
}

/** A failure of a statement about cursors. Only a cursor itself can be locked by others. */
const toCursorError = (failure: SqlFailure): StoreError =>
  failure.kind === "Conflict"
    ? new StoreError({
        reason: "Busy",
        message:
          "another transaction has the cursor locked, such as that of its handler; try again",
        cause: failure.cause
      })
    : toStoreError(failure)

/** The statements about cursors. */
const cursorStatements = (schema: string) => ({
  read: readCursor(schema),
  take: takeCursor(schema),
  retake: retakeCursor(schema),
  renew: renewCursor(schema),
  advance: advanceCursor(schema),
  release: releaseCursor(schema),
  suspend: suspendCursor(schema),
  adopt: adoptLog(schema),
  reset: resetCursor(schema),
  delete: deleteCursor(schema),
  list: readCursors(schema),
  letters: readDeadLetters(schema),
  forget: deleteDeadLetter(schema)
})

/** Makes the cursors of a schema. */
export const makePgCursors = Effect.fnUntraced(function* (options: {
  readonly schema: string
  readonly now: Effect.Effect<DateTime.Utc> | undefined
}) {
  const { schema } = options
  const pool = yield* PgPool.PgPool
  const run = runQueries(pool)
  const { leases } = signalOf(pool, schema)
  const nowMillis = millisOf(options.now)
  const rowsOf = (make: (now: number | null) => Query) =>
    Effect.flatMap(nowMillis, (now) =>
      Effect.mapBoth(run([make(now)]), {
        onSuccess: ([rows = []]) => rows,
        onFailure: toCursorError
      })
    )
  const isDone = (make: (now: number | null) => Query) =>
    Effect.map(rowsOf(make), (rows) => rows.length > 0)
  const change = recordedChanges(pool, { schema, nowMillis })
  const changed = (make: (now: number | null) => Query, record: ManagementRecord | undefined) =>
    Effect.flatMap(nowMillis, (now) =>
      Effect.mapBoth(change([make(now)], record), {
        onSuccess: ([rows = []]) => rows,
        onFailure: toCursorError
      })
    )
  const statements = cursorStatements(schema)
  const standingOf = (name: string) =>
    Effect.map(
      rowsOf((now) => statements.read(name, now)),
      ([row]) => row as unknown as Standing
    )
  const cursors: Cursors = {
    take: (name, { from, kind, leaseMillis, owner }) =>
      Effect.gen(function* () {
        const standing = yield* standingOf(name)
        const obstacle = obstacleTo(name, kind, standing)
        if (obstacle !== undefined) return yield* obstacle
        if (standing.is_held) return null
        const mayMake = from !== null
        const position =
          from !== "LAST" || standing.kind !== null
            ? standing.horizon
            : yield* Effect.mapError(settledHead(schema, run), toStoreError)
        const taken = { kind, owner, position, leaseMillis }
        const take = mayMake ? statements.take : statements.retake
        const [row] = yield* rowsOf((now) => take(name, taken, now))
        if (row === undefined) return null
        const epoch = row["epoch"] as number
        leases.set(name, epoch)
        return {
          name,
          epoch,
          position: row["position"] as number,
          eventId: row["event_id"] as EventId | null
        }
      }),
    renew: (lease, leaseMillis) => isDone((now) => statements.renew(lease, leaseMillis, now)),
    advance: (lease, to) => isDone((now) => statements.advance(lease, to, now)),
    release: (lease) => Effect.asVoid(rowsOf(() => statements.release(lease))),
    suspend: (lease, position) => isDone(() => statements.suspend(lease, position)),
    adopt: (name, record) =>
      Effect.gen(function* () {
        const [row] = yield* changed((now) => statements.adopt(name, now), record)
        if (row === undefined) return yield* new CursorUnknown({ cursor: name })
        return {
          incarnation: row["incarnation"] as number,
          position: row["position"] as number
        }
      }),
    reset: (name, position, record) =>
      Effect.gen(function* () {
        const rows = yield* changed((now) => statements.reset(name, position, now), record)
        if (rows.length > 0) return
        const { head, horizon, kind } = yield* standingOf(name)
        if (kind === null) return yield* new CursorUnknown({ cursor: name })
        return yield* position < horizon
          ? new PositionGone({ after: position, horizon })
          : new PositionBeyondHead({ cursor: name, position, head })
      }),
    forget: (name, record) =>
      Effect.gen(function* () {
        const [row] = yield* changed(() => statements.delete(name), record)
        if (row === undefined) return yield* new CursorUnknown({ cursor: name })
        return { deadLetters: row["letters"] as number }
      }),
    moveFor: cursorMoves(schema),
    list: Effect.map(rowsOf(statements.list), (rows) => rows.map(toCursor)),
    deadLetters: ({ after, cursor, limit }) =>
      Effect.map(
        rowsOf(() => statements.letters(after, limit, cursor)),
        (rows) => rows.map(toLetter)
      ),
    forgetDeadLetters: (cursor, ids, record) =>
      Effect.mapError(
        Effect.asVoid(
          change(
            ids.map((id) => statements.forget(cursor, id)),
            record,
            (answers) => answers.some((rows) => rows.length > 0)
          )
        ),
        toStoreError
      )
  }
  return cursors
})

const toCursor = (row: Row) => ({
  name: row["name"] as string,
  kind: row["kind"] as CursorKind,
  position: row["position"] as number,
  epoch: row["epoch"] as number,
  owner: row["owner"] as string | null,
  standing: row["standing"] as CursorStanding,
  updatedAt: DateTime.makeUnsafe(row["updated_at"] as number)
})

const toLetter = (row: Row) => ({
  id: row["id"] as number,
  position: row["position"] as number,
  eventId: row["event_id"] as EventId,
  cause: row["cause"] as string,
  createdAt: DateTime.makeUnsafe(row["created_at"] as number)
})
