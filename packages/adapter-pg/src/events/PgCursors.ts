/** The cursors of a log, one row each. */
import * as PgPool from "@effect/sql-pg/PgPool"
import type { EventId } from "@holdfast/core/engine"
import {
  type CursorKind,
  CursorKindMismatch,
  type Cursors,
  CursorUnknown,
  LogRestored,
  PositionBeyondHead,
  PositionGone
} from "@holdfast/core/events"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type { Query, Row } from "../connection/Query.ts"
import { runQueries } from "../connection/Session.ts"
import { toStoreError } from "../connection/SqlFailure.ts"
import { millisOf } from "../transaction/batchTrips.ts"
import { cursorMoves } from "./cursorMove.ts"
import { drawersIn, type Run } from "./settledPosition.ts"
import {
  advanceCursor,
  deleteDeadLetter,
  releaseCursor,
  renewCursor,
  resetCursor,
  takeCursor
} from "./statements/changeCursors.ts"
import { readCursor, readCursors, readDeadLetters } from "./statements/readCursors.ts"
import { readDrawers, readLastPosition } from "./statements/readDrawers.ts"

/** What is known of a cursor before it is taken. */
interface Standing {
  /** Null for a cursor that is not there. */
  readonly kind: CursorKind | null
  readonly position: number
  readonly event_id: EventId | null
  /** The event that the log has at the position. */
  readonly found_id: EventId | null
  readonly is_held: boolean
  readonly head: number
  readonly horizon: number
}

/** Why a cursor cannot be taken for a use, however long one waits. */
const obstacleTo = (name: string, wanted: CursorKind, standing: Standing) => {
  const { event_id: eventId, found_id: foundId, head, horizon, kind, position } = standing
  if (kind === null) return undefined
  if (kind !== wanted) return new CursorKindMismatch({ cursor: name, kind, wanted })
  if (position < horizon) return new PositionGone({ after: position, horizon })
  const isWitnessed = eventId === null || eventId === foundId || position === horizon
  return position > head || !isWitnessed
    ? new LogRestored({ cursor: name, position, head })
    : undefined
}

/** How often to look whether the transactions have ended that may still write. */
const drawersMillis = 25

/**
 * The last position so far, once every transaction has ended that drew one up to there: whatever is
 * committed later comes after it.
 */
const settledHead = (schema: string, run: Run) => {
  const last = readLastPosition(schema)
  const drawers = readDrawers(schema)
  return Effect.gen(function* () {
    const [[position] = [], first] = yield* run([last(), drawers()])
    let open = drawersIn(first) ?? new Set<string>()
    while (open.size > 0) {
      yield* Effect.sleep(drawersMillis)
      const [rows] = yield* run([drawers()])
      const now = drawersIn(rows) ?? new Set<string>()
      open = new Set([...open].filter((drawer) => now.has(drawer)))
    }
    return position?.["position"] as number
  })
}

/** Makes the cursors of a schema. */
export const makePgCursors = Effect.fnUntraced(function* (options: {
  readonly schema: string
  readonly now: Effect.Effect<DateTime.Utc> | undefined
}) {
  const { schema } = options
  const run = runQueries(yield* PgPool.PgPool)
  const nowMillis = millisOf(options.now)
  const rowsOf = (make: (now: number | null) => Query) =>
    Effect.flatMap(nowMillis, (now) =>
      Effect.mapBoth(run([make(now)]), {
        onSuccess: ([rows = []]) => rows,
        onFailure: toStoreError
      })
    )
  const statements = {
    read: readCursor(schema),
    take: takeCursor(schema),
    renew: renewCursor(schema),
    advance: advanceCursor(schema),
    release: releaseCursor(schema),
    reset: resetCursor(schema),
    list: readCursors(schema),
    letters: readDeadLetters(schema),
    forget: deleteDeadLetter(schema)
  }
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
        const position =
          from === "FIRST" || standing.kind !== null
            ? standing.horizon
            : yield* Effect.mapError(settledHead(schema, run), toStoreError)
        const taken = { kind, owner, position, leaseMillis }
        const [row] = yield* rowsOf((now) => statements.take(name, taken, now))
        return row === undefined
          ? null
          : { name, epoch: row["epoch"] as number, position: row["position"] as number }
      }),
    renew: (lease, leaseMillis) =>
      Effect.map(
        rowsOf((now) => statements.renew(lease, leaseMillis, now)),
        (rows) => rows.length > 0
      ),
    advance: (lease, to) =>
      Effect.map(
        rowsOf((now) => statements.advance(lease, to, now)),
        (rows) => rows.length > 0
      ),
    release: (lease) => Effect.asVoid(rowsOf(() => statements.release(lease))),
    reset: (name, position) =>
      Effect.gen(function* () {
        const rows = yield* rowsOf((now) => statements.reset(name, position, now))
        if (rows.length > 0) return
        const { head, kind } = yield* standingOf(name)
        return yield* kind === null
          ? new CursorUnknown({ cursor: name })
          : new PositionBeyondHead({ cursor: name, position, head })
      }),
    moveFor: cursorMoves(schema),
    list: Effect.map(rowsOf(statements.list), (rows) => rows.map(toCursor)),
    deadLetters: ({ after, cursor, limit }) =>
      Effect.map(
        rowsOf(() => statements.letters(after, limit, cursor)),
        (rows) => rows.map(toLetter)
      ),
    forgetDeadLetters: (cursor, ids) =>
      Effect.mapError(
        Effect.asVoid(run(ids.map((id) => statements.forget(cursor, id)))),
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
  updatedAt: DateTime.makeUnsafe(row["updated_at"] as number)
})

const toLetter = (row: Row) => ({
  id: row["id"] as number,
  position: row["position"] as number,
  eventId: row["event_id"] as EventId,
  cause: row["cause"] as string,
  createdAt: DateTime.makeUnsafe(row["created_at"] as number)
})
