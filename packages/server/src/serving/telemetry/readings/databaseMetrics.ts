/**
 * What is looked up now and then for metrics: the database, and how far those are who follow its logs. No
 * label is an id: all webhooks are one cursor.
 */
import {
  type ContextDiagnosis,
  type DatabaseDiagnosis,
  diagnose,
  diagnoseCatalog,
  type MigrationError,
  measureDatabase,
  measureSchema,
  type PgSessions,
  type TableDiagnosis
} from "@holdfast/adapter-pg/effect"
import { isWebhookCursor, sealerCursor } from "@holdfast/core/events"
import type { StoreError } from "@holdfast/core/inventory"
import { counter, type Gauges, gauge, readNowAndThen } from "@holdfast/core/metrics"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ContextName } from "../../../cli/contextSettings.ts"

const ofContext = { labels: ["context"], seriesMax: 5 }
const ofCursor = { labels: ["context", "cursor"], seriesMax: 100 }
const inSeconds = { unit: "seconds" }
const inBytes = { unit: "bytes" }

const up = gauge(
  "holdfast_database_up",
  "Whether the database answered when it was last asked",
  ofContext
)

const skew = gauge(
  "holdfast_database_clock_skew_seconds",
  "How far the clock of the database is ahead of that of this process",
  inSeconds
)

const oldest = gauge(
  "holdfast_database_oldest_transaction_seconds",
  "How long the oldest transaction of the server has run",
  inSeconds
)

const sessions = gauge("holdfast_database_sessions", "Sessions of clients at the server", {
  labels: ["state"],
  seriesMax: 10
})

const sessionsMax = gauge("holdfast_database_sessions_limit", "Sessions that the server may have")

const wal = counter(
  "holdfast_database_wal_bytes_total",
  "WAL that the server has written since this process first looked",
  inBytes
)

const size = gauge(
  "holdfast_database_size_bytes",
  "What the tables of a context take on disk, with their indexes",
  { ...inBytes, ...ofContext }
)

const ahead = gauge(
  "holdfast_partitions_ahead",
  "Partitions that are there beyond the current ones; 3 when all are",
  ofContext
)

const defaults = gauge(
  "holdfast_default_partition_rows",
  "Rows that no partition was there for; 10,000 means at least as many",
  ofContext
)

const lagEvents = gauge(
  "holdfast_relay_lag_events",
  "Positions between a cursor and the last event; of webhooks, the most",
  ofCursor
)

const lagSeconds = gauge(
  "holdfast_relay_lag_seconds",
  "How long the next event of a cursor has waited; of webhooks, the longest",
  { ...inSeconds, ...ofCursor }
)

const stopped = gauge(
  "holdfast_cursors_stopped",
  "Cursors that move no more until a person acts: their log was restored, or has lost events",
  ofContext
)

const letters = gauge(
  "holdfast_dead_letters",
  "Events that were left out and are kept as dead letters",
  ofContext
)

const paused = gauge("holdfast_webhooks_paused", "Webhooks that are paused", ofContext)

const givenUp = gauge(
  "holdfast_webhook_events_given_up",
  "Events that webhooks did not take; 10,000 means at least as many",
  ofContext
)

const sealer = gauge(
  "holdfast_sealer_lag_seconds",
  "How long the first event that is not sealed has waited",
  { ...inSeconds, ...ofContext }
)

const unswept = gauge(
  "holdfast_lapsed_holds",
  "Holds that lapsed more than a minute ago and are still pending; 10,000 means at least as many"
)

const info = gauge("holdfast_info", "Which releases run: always 1", {
  labels: ["version", "node", "postgres"],
  seriesMax: 5
})

/** Sets gauges of a context by a second label, and forgets those that are gone. */
const makeSetter = (gauges: Gauges, context: string) => {
  let known = new Set<string>()
  return (values: ReadonlyMap<string, number>) => {
    for (const [name, value] of values) gauges.with(context, name).set(value)
    for (const name of known) if (!values.has(name)) gauges.clear(context, name)
    known = new Set(values.keys())
  }
}

/** How many partitions each table has beyond the current one, of three: the least of them. */
const partitionsAhead = (missing: ReadonlyArray<string>): number => {
  // `stock_movements_2026_11` and `events_000004` are parts of tables of those names.
  const tables = Map.groupBy(missing, (name) => name.replace(/(_\d+)+$/, ""))
  const most = Math.max(0, ...[...tables.values()].map(({ length }) => length))
  return Math.max(0, 3 - most)
}

type Facts = DatabaseDiagnosis<
  Pick<ContextDiagnosis, "cursors" | "missingPartitions" | "webhooks"> &
    Partial<Pick<ContextDiagnosis, "defaultEvents">> &
    Partial<Pick<TableDiagnosis, "defaultRows" | "unsweptHolds">>
>

/** What followers are called in metrics: by their cursors, and all webhooks alike. */
const followerOf = (cursor: string) => (isWebhookCursor(cursor) ? "webhooks" : cursor)

const most = (
  cursors: ContextDiagnosis["cursors"],
  of: (cursor: ContextDiagnosis["cursors"][number]) => number
): ReadonlyMap<string, number> => {
  const values = new Map<string, number>()
  for (const cursor of cursors) {
    const name = followerOf(cursor.name)
    values.set(name, Math.max(values.get(name) ?? 0, of(cursor)))
  }
  return values
}

/** Sets the gauges of the tables of a context. */
const showTables = (services: Context.Context<never>, context: ContextName) => {
  const setEvents = makeSetter(lagEvents.in(services), context)
  const setSeconds = makeSetter(lagSeconds.in(services), context)
  const set = (of: { readonly in: (context: Context.Context<never>) => Gauges }, value: number) =>
    of.in(services).with(context).set(value)
  return (tables: NonNullable<Facts["tables"]>) => {
    const { cursors, defaultEvents, defaultRows, unsweptHolds, webhooks } = tables
    const followers = cursors.filter(({ name }) => name !== sealerCursor)
    setEvents(most(followers, ({ lag }) => lag))
    setSeconds(most(followers, ({ waitingSeconds }) => waitingSeconds))
    set(stopped, cursors.filter(({ standing }) => standing !== "FOLLOWS").length)
    set(
      letters,
      cursors.reduce((sum, { deadLetters }) => sum + deadLetters, 0)
    )
    set(sealer, cursors.find(({ name }) => name === sealerCursor)?.waitingSeconds ?? 0)
    set(paused, webhooks.paused.length)
    set(givenUp, webhooks.failed)
    set(ahead, partitionsAhead(tables.missingPartitions))
    set(
      defaults,
      (defaultEvents ?? 0) + (defaultRows?.events ?? 0) + (defaultRows?.stockMovements ?? 0)
    )
    if (unsweptHolds !== undefined) unswept.in(services).with().set(unsweptHolds)
  }
}

/** Sets the gauges of the server. */
const showServer = (services: Context.Context<never>, version: string) => {
  let known: string | undefined
  return (facts: Facts) => {
    skew
      .in(services)
      .with()
      .set(facts.clockSkewMillis / 1_000)
    oldest.in(services).with().set(facts.oldestTransactionSeconds)
    sessionsMax.in(services).with().set(facts.connectionsMax)
    const { node } = process.versions
    if (known !== undefined && known !== facts.versionText) {
      info.in(services).clear(version, node, known)
    }
    known = facts.versionText
    info.in(services).with(version, node, known).set(1)
  }
}

/** A context whose tables are looked at. */
export interface WatchedContext {
  readonly context: ContextName
  readonly schema: string
}

const diagnosed = ({
  context,
  schema
}: WatchedContext): Effect.Effect<Facts, MigrationError | StoreError, PgSessions> =>
  context === "inventory" ? diagnose(schema) : diagnoseCatalog(schema)

/** How long a look at the size of all tables is good for, in milliseconds. */
const sizeMillisMin = 60_000

/** Looks at the database now and then, until the scope closes. */
export const watchDatabase = Effect.fnUntraced(function* (
  contexts: ReadonlyArray<WatchedContext>,
  { everyMillis, version }: { readonly everyMillis: number; readonly version: string }
): Effect.fn.Return<void, never, PgSessions | Scope.Scope> {
  const database = yield* Effect.context<PgSessions>()
  const services = database as Context.Context<never>
  const onServer = showServer(services, version)
  const reading = <E>(name: string, every: number, read: Effect.Effect<void, E, PgSessions>) =>
    readNowAndThen({ name, every, read: Effect.provideContext(read, database) })
  for (const watched of contexts) {
    const { context, schema } = watched
    const onTables = showTables(services, context)
    const answers = up.in(services).with(context)
    const look = Effect.tapCause(diagnosed(watched), () => Effect.sync(() => answers.set(0)))
    yield* reading(
      `${context}_tables`,
      everyMillis,
      Effect.map(look, (facts) => {
        answers.set(1)
        onServer(facts)
        if (facts.tables !== undefined) onTables(facts.tables)
      })
    )
    yield* reading(
      `${context}_size`,
      Math.max(everyMillis, sizeMillisMin),
      Effect.map(measureSchema(schema), (bytes) => size.in(services).with(context).set(bytes))
    )
  }
  const shown = sessions.in(services)
  let states = new Set<string>()
  const written = wal.in(services)
  let walBytes: number | undefined
  yield* reading(
    "server",
    everyMillis,
    Effect.map(measureDatabase, (measured) => {
      // Where the log begins is no growth, and a primary that took over may be behind the last one.
      written.with().add(Math.max(0, measured.walBytes - (walBytes ?? measured.walBytes)))
      walBytes = measured.walBytes
      for (const [state, count] of measured.sessions) shown.with(state).set(count)
      for (const state of states) if (!measured.sessions.has(state)) shown.clear(state)
      states = new Set(measured.sessions.keys())
    })
  )
})
