/** The log of a context for those who carry its events elsewhere: payloads unread, cursors, and webhooks. */
import * as PgPool from "@effect/sql-pg/PgPool"
import { aggregateTypeOf, type CommandId, type EventId } from "@holdfast/core/engine"
import { type EventLog, encryptedWebhooks, type KeptEvent } from "@holdfast/core/events"
import { KeyRing } from "@holdfast/core/secrets"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { makePgAudit } from "../audit/PgAudit.ts"
import { recordedChanges } from "../audit/recordedChanges.ts"
import type { Row } from "../connection/Query.ts"
import { runQueries } from "../connection/Session.ts"
import { orStoreError, toStoreError } from "../connection/SqlFailure.ts"
import { runReads } from "../replicas/readRun.ts"
import { millisOf } from "../transaction/batchTrips.ts"
import { databaseOf } from "./databaseOf.ts"
import { listening, signalOf } from "./LogSignal.ts"
import { makePgCursors } from "./PgCursors.ts"
import { wholeLogOver } from "./PgEventLog.ts"
import { makePgWebhooks } from "./PgWebhooks.ts"
import { type Run, settledThrough } from "./settledPosition.ts"
import { readHead } from "./statements/readCursors.ts"
import { readEvents, readLastUpTo, readNewestEvents } from "./statements/readEvents.ts"
import { wholePages } from "./wholePages.ts"

const toKept = (row: Row): KeptEvent => ({
  position: row["position"] as number,
  eventId: row["event_id"] as EventId,
  eventType: row["event_type"] as string,
  aggregateId: row["aggregate_id"] as string,
  aggregateType: aggregateTypeOf(row["event_type"] as string),
  version: row["version"] as number,
  timestamp: DateTime.makeUnsafe(row["instant"] as number),
  commandId: row["command_id"] as CommandId,
  correlationId: row["correlation_id"] as string | null,
  traceparent: row["traceparent"] as string | null,
  payloadJson: row["payload"] as string
})

/** Reads pages of one schema of which only the newest events are kept: see `EventLog.skim`. */
const skimmedLogOver = (schema: string, run: Run): EventLog["skim"] => {
  const through = settledThrough(schema, run)
  const whole = wholePages(schema, run)
  const next = readEvents(schema)
  const newest = readNewestEvents(schema)
  const last = readLastUpTo(schema)
  const pageOf = Effect.fnUntraced(function* (
    noting: Run,
    { after, ids, limit, settled, types }: SkimmedPage
  ) {
    const [[first] = []] = yield* noting([next(after, 1)])
    const begin = (first?.["position"] as number | undefined) ?? Number.POSITIVE_INFINITY
    if (first === undefined || begin > settled) return []
    const upTo = Math.min(settled, begin + limit - 1)
    const kept = yield* noting([newest(after, upTo, types, ids), last(upTo)])
    const events = [...kept.flat().map(toKept), { ...toKept(first), payloadJson: "null" }]
    const byPosition = new Map(events.map((event) => [event.position, event]))
    return [...byPosition.values()].sort((a, b) => a.position - b.position)
  })
  return Effect.fnUntraced(function* (after, limit, leftOut) {
    const settled = yield* Effect.mapError(through(after), toStoreError)
    const exceptOf = leftOut === undefined ? null : yield* leftOut.exceptOf
    const types = exceptOf === null ? [] : (leftOut?.types ?? [])
    const about = { after, limit, settled, types, ids: exceptOf ?? [] }
    const page = whole(
      after,
      (noting) => pageOf(noting, about),
      (event, incarnation) => ({ ...event, incarnation })
    )
    return yield* Effect.mapError(page, orStoreError)
  })
}

/** What is read of a page that is skimmed. */
interface SkimmedPage {
  readonly after: number
  readonly limit: number
  readonly settled: number
  readonly types: ReadonlyArray<string>
  readonly ids: ReadonlyArray<string>
}

/** How the log is read. */
export interface KeptLogOptions {
  /** The name of the context. */
  readonly context: string
  readonly schema: string
  /** Whether the events of the context may be movements of its ledger. */
  readonly hasLedger?: boolean | undefined
  /** The clock of leases: the database's own unless given. For tests. */
  readonly now?: Effect.Effect<DateTime.Utc> | undefined
}

/** Makes the log of a context over a pool. It listens from the first watch until the scope closes. */
export const makePgKeptLog = Effect.fnUntraced(function* (
  options: KeptLogOptions
): Effect.fn.Return<EventLog, never, PgPool.PgPool | Scope.Scope> {
  const { context, hasLedger = false, now, schema } = options
  const pool = yield* PgPool.PgPool
  const scope = yield* Effect.scope
  const run = runQueries(pool)
  const head = readHead(schema)
  const { watchers } = signalOf(pool, schema)
  const listen = yield* Effect.cached(Effect.forkIn(listening(pool, schema), scope))
  const page = wholeLogOver(schema, run, toKept)
  const whole = wholePages(schema, run)
  const read: EventLog["read"] = (after, limit) =>
    Effect.mapError(
      whole(
        after,
        (noting) => page(after, limit, noting),
        (event, incarnation) => ({ ...event, incarnation })
      ),
      orStoreError
    )
  const cursors = yield* makePgCursors({ schema, now })
  const change = recordedChanges(pool, { schema, nowMillis: millisOf(now) })
  const webhooks = makePgWebhooks(schema, run, change)
  const keyRing = yield* Effect.serviceOption(KeyRing)
  return {
    context,
    read,
    skim: skimmedLogOver(schema, run),
    head: Effect.mapBoth(run([head()]), {
      onSuccess: ([rows]) => (rows?.[0]?.["head"] as number | null) ?? 0,
      onFailure: toStoreError
    }),
    watch: Effect.andThen(listen, watchers.watch),
    cursors,
    database: Effect.mapError(databaseOf(schema, run), toStoreError),
    webhooks: keyRing._tag === "Some" ? encryptedWebhooks(webhooks, keyRing.value) : webhooks,
    audit: makePgAudit(
      { schema, hasLedger, nowMillis: millisOf(now) },
      { run, list: runReads(pool) }
    )
  }
})
