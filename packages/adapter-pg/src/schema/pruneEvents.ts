/**
 * Drops old partitions of the event log, the oldest first. The horizon of the log is raised in the
 * transaction that drops, so a reader of the horizon after a page knows whether the page was
 * whole. What a cursor has not passed is kept, unless it is older than what is kept for cursors: the
 * cursor is lost then. So is what is among its dead letters, since they hold no event themselves.
 */
import { pruneEventsOperation, recordedDrops, targetsOfEvents } from "@holdfast/core/audit"
import type { StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { toRecord } from "../audit/auditRows.ts"
import { readAudit } from "../audit/statements/readAudit.ts"
import type { Row } from "../connection/Query.ts"
import type { Session } from "../connection/Session.ts"
import type { SqlFailure } from "../connection/SqlFailure.ts"
import { settledHead } from "../events/settledPosition.ts"
import { readCursors, readFirstLetters, readHorizon } from "../events/statements/readCursors.ts"
import { commit } from "../transaction/batchTrips.ts"
import { eventsPerPartition } from "./partitions.ts"
import { dropFrom, type KeepRecord, partitionsOf, patiently } from "./pruning.ts"
import {
  beginPruning,
  lockCursors,
  lockPartitions,
  raiseHorizon,
  readLastEvent
} from "./statements/prunePartitions.ts"

/** What was dropped of the log, or would be. */
export interface PrunedEvents {
  readonly dropped: ReadonlyArray<string>
  /** The last position of which nothing is kept. */
  readonly horizon: number
  /** The cursors that had not passed what was dropped. */
  readonly lost: ReadonlyArray<string>
  /** Why a partition that is old enough is kept; null when none is. */
  readonly kept: string | null
}

/** A partition, and the last event in it. */
export interface OldPartition {
  readonly name: string
  /** The first position after it. */
  readonly to: number
  readonly last: { readonly position: number; readonly instant: number } | null
  /** The first position that is in the DEFAULT partition. */
  readonly inDefault: number | null
}

/** Where the cursors stand, and how far the log goes. */
export interface Standings {
  readonly horizon: number
  readonly settled: number
  readonly cursors: ReadonlyArray<{ readonly name: string; readonly position: number }>
}

/** Before which instants events are dropped. */
export interface EventCutoffs {
  /** Those that every cursor has passed. */
  readonly read: number
  /** All others too. */
  readonly unread: number
}

/** What may go of the log, by the oldest partitions: pure. */
export const droppable = (
  partitions: ReadonlyArray<OldPartition>,
  { cursors, horizon, settled }: Standings,
  cutoffs: EventCutoffs
): PrunedEvents => {
  const dropped: Array<string> = []
  const lost = new Set<string>()
  let end = horizon
  const ended = (kept: string | null): PrunedEvents => ({
    dropped,
    horizon: end,
    lost: [...lost],
    kept
  })
  // A cursor that is lost already keeps nothing.
  const following = cursors.filter(({ position }) => position >= horizon)
  for (const { inDefault, last, name, to } of partitions) {
    if (last !== null && last.instant >= cutoffs.read) return ended(null)
    if (to - 1 > settled) return ended(null)
    if (inDefault !== null && inDefault < to) {
      return ended(`${name}: events of before are in events_default`)
    }
    if (last !== null) {
      const behind = following.filter(({ position }) => position < last.position)
      const [first] = behind
      if (first !== undefined && last.instant >= cutoffs.unread) {
        const names = behind.map((cursor) => cursor.name).join(", ")
        return ended(`${name}: not passed yet by ${names}`)
      }
      for (const cursor of behind) lost.add(cursor.name)
      end = last.position
    }
    dropped.push(name)
  }
  return ended(null)
}

/** How old partitions are dropped. */
export interface PruneEventsOptions {
  readonly days: number
  /** How many days events are kept for cursors; undefined for as long as it takes. */
  readonly unreadDays: number | undefined
  readonly isDryRun: boolean
  /** The clock of a test. */
  readonly nowMillis: number | null
  readonly keepRecord: KeepRecord
}

const dayMillis = 86_400_000

/** How long to wait for transactions that may still write to old positions. */
const settleMillisMax = 2_000

/** Where the log is settled; 0 when that takes too long. */
const settledIn = (session: Session, schema: string) =>
  Effect.map(Effect.timeoutOption(settledHead(schema, session.run), settleMillisMax), (head) =>
    Option.getOrElse(head, () => 0)
  )

const oldPartitions = Effect.fnUntraced(function* (
  session: Session,
  schema: string,
  names: ReadonlyArray<string>
) {
  const old: Array<OldPartition> = []
  for (const name of names) {
    const [, index] = /^events_(\d{6,})$/.exec(name) ?? []
    if (index === undefined) continue
    const [[row] = []] = yield* session.run([readLastEvent(schema, name)])
    const position = (row?.["position"] ?? null) as number | null
    old.push({
      name,
      to: (Number(index) + 1) * eventsPerPartition,
      last: position === null ? null : { position, instant: row?.["instant"] as number },
      inDefault: (row?.["in_default"] ?? null) as number | null
    })
  }
  return old.sort((a, b) => a.to - b.to)
})

/** Up to which position the audit log says that events were dropped; 0 when it says nothing. */
const recordedHorizon = Effect.fnUntraced(function* (session: Session, schema: string) {
  const query = readAudit(schema)({ operation: pruneEventsOperation, limit: 1 })
  const [rows = []] = yield* session.run([query])
  return recordedDrops(rows.map(toRecord)).position ?? 0
})

/** Drops the partitions of the log that may go, in a session of its own. */
export const pruneEvents = Effect.fnUntraced(function* (
  session: Session,
  schema: string,
  { days, isDryRun, keepRecord, nowMillis, unreadDays }: PruneEventsOptions
): Effect.fn.Return<PrunedEvents, SqlFailure | StoreError> {
  const known = yield* partitionsOf(session, schema, "events", isDryRun)
  const now = nowMillis ?? known.nowMillis
  const cutoffs = {
    read: now - days * dayMillis,
    unread: unreadDays === undefined ? Number.NEGATIVE_INFINITY : now - unreadDays * dayMillis
  }
  const readLogHorizon = readHorizon(schema)
  const readAllCursors = readCursors(schema)
  const readAllLetters = readFirstLetters(schema)
  let settled = Number.POSITIVE_INFINITY
  const decided = Effect.gen(function* () {
    const { names } = yield* partitionsOf(session, schema, "events", true)
    const partitions = yield* oldPartitions(session, schema, names)
    const asked = [readLogHorizon(), readAllCursors(null), readAllLetters()]
    const [[log] = [], rows = [], letters = []] = yield* session.run(asked)
    const placeOf = (row: Row) => ({
      name: row["name"] as string,
      position: row["position"] as number
    })
    const cursors = [
      ...rows.map(placeOf),
      // As if a follower stood before the first of them.
      ...letters.map(placeOf).map(({ name, position }) => ({
        name: `the dead letters of ${name}`,
        position: position - 1
      }))
    ]
    const horizon = (log?.["horizon"] as number | undefined) ?? 0
    return droppable(partitions, { cursors, horizon, settled }, cutoffs)
  })
  // Nothing is waited for while nothing is old.
  if ((yield* decided).dropped.length > 0) settled = yield* settledIn(session, schema)
  const planned = yield* decided
  if (isDryRun) return planned
  const recorded = (horizon: number) =>
    keepRecord(session, {
      operation: pruneEventsOperation,
      targets: targetsOfEvents(horizon)
    })
  if (planned.dropped.length === 0) {
    if (planned.horizon <= (yield* recordedHorizon(session, schema))) return planned
    // A release that kept no records has dropped them.
    yield* session.run(beginPruning)
    yield* recorded(planned.horizon)
    yield* session.run([commit])
    return planned
  }
  yield* session.run(beginPruning)
  const pruned = yield* patiently(
    session,
    Effect.gen(function* () {
      yield* session.run([lockPartitions(schema)])
      yield* session.run([lockCursors(schema)])
      const plan = yield* decided
      if (plan.dropped.length === 0) return plan
      yield* session.run([raiseHorizon(schema, plan.horizon)])
      yield* dropFrom(session, schema, "events", plan.dropped)
      yield* recorded(plan.horizon)
      return plan
    })
  )
  yield* session.run([commit])
  return pruned
})
