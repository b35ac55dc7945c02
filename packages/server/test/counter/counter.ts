/**
 * The smallest context there is: one command, one event, one table. It shows what the author of
 * another context writes. Idempotency, group commit, safety when the answer to COMMIT is lost, the
 * log of events, migrations and upkeep come from the engine.
 */
import {
  type BatchStatements,
  type ContextTables,
  engineTables,
  int8s,
  makeEventLog,
  makePgKeptLog,
  makeUnitOfWork,
  migrateTables,
  query,
  texts,
  withReceipts
} from "@holdfast/adapter-pg/engine"
import {
  type BatchChanges,
  commandReader,
  type Domain,
  type DomainEvent,
  eventFrom,
  foldRequests,
  hashOf,
  KeptAnswers,
  makeMemoryEventLog,
  memoryBatchStore,
  type ReadLog,
  type Receipt,
  type Request,
  type StoreOf
} from "@holdfast/core/engine"
import type { EventLog } from "@holdfast/core/events"
import type * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

// The messages: one command, one refusal, one event.

const CounterId = Schema.String.check(Schema.isPattern(/^[a-z0-9-]{1,50}$/))

/** Adds units to a counter, which is made when it is not there. */
export const Add = Schema.TaggedStruct("Add", {
  counterId: CounterId,
  by: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000 }))
})
/** The one command. */
export type Add = typeof Add.Type

/** A counter after a command. */
export const Counter = Schema.Struct({ id: CounterId, total: Schema.Int, version: Schema.Int })
/** A counter. */
export type Counter = typeof Counter.Type

/** Why units are not added. */
export type CounterRefusal =
  | { readonly _tag: "CounterFull"; readonly counterId: string; readonly total: number }
  | { readonly _tag: "IdempotencyMismatch"; readonly key: string }

/** What happened. */
export type CounterAdded = DomainEvent<
  "counter.added",
  { readonly by: number; readonly total: number }
>

/** How the refusals go over the wire. */
export const counterRefusals = {
  CounterFull: { status: 409, slug: "counter-full", title: "The counter is full" },
  IdempotencyMismatch: { status: 422, slug: "idempotency-mismatch", title: "The key was used" }
} as const

/** What a counter holds at most. */
export const counterMax = 1_000_000

// What one batch touches, and how it is decided.

interface CounterScope {
  readonly batchId: string
  readonly ids: ReadonlyArray<string>
  readonly keys: ReadonlyArray<Pick<Receipt, "caller" | "key">>
}
interface LoadedCounters {
  readonly now: DateTime.Utc
  readonly counters: ReadonlyArray<Counter>
  readonly receipts: ReadonlyArray<Receipt>
}
interface CounterChanges extends BatchChanges {
  readonly counters: ReadonlyArray<Counter>
  readonly events: ReadonlyArray<CounterAdded>
}
/** The types of the context. */
export interface CounterTypes {
  readonly request: Request<Add>
  readonly answer: Counter
  readonly refusal: CounterRefusal
  readonly scope: CounterScope
  readonly loaded: LoadedCounters
  readonly changes: CounterChanges
  readonly locked: never
  readonly obstacle: never
}

/** The context, as the engine runs it. */
export const counterDomain: Domain<CounterTypes> = {
  answerOf: { Add: Counter },
  scopeOf: (batchId, requests) => ({
    batchId,
    ids: [...new Set(requests.map(({ command }) => command.counterId))].sort(),
    keys: requests.flatMap(({ key }) => (key === null ? [] : [key]))
  }),
  fold: (loaded, requests) => {
    const counters = new Map(loaded.counters.map((counter) => [counter.id, counter]))
    const events: Array<CounterAdded> = []
    const { outcomes, receipts } = foldRequests<Request<Add>, Counter, CounterRefusal>(
      requests,
      loaded.receipts,
      1,
      ({ command: { by, counterId }, origin }) => {
        const before = counters.get(counterId) ?? { id: counterId, total: 0, version: 0 }
        const total = before.total + by
        if (total > counterMax) {
          return {
            _tag: "Refused",
            refusal: { _tag: "CounterFull", counterId, total: before.total }
          }
        }
        const after = { id: counterId, total, version: before.version + 1 }
        counters.set(counterId, after)
        const { version } = after
        const added = { eventType: "counter.added", aggregateId: counterId, version } as const
        events.push(eventFrom(origin, 0, loaded.now, { ...added, payload: { by, total } }))
        return { _tag: "Answered", answer: after }
      }
    )
    const changed = [...new Set(events.map(({ aggregateId }) => aggregateId))]
    const changes = {
      isEmpty: events.length === 0 && receipts.length === 0,
      counters: changed.flatMap((id) => counters.get(id) ?? []),
      events,
      receipts
    }
    return { changes, answer: outcomes }
  },
  laneOf: ({ counterId }) => hashOf(counterId),
  weightOf: () => 1
}

/** Reads the command of untrusted parts. */
export const readCounterCommand = commandReader<Add>([Add])

/** The methods, and the command behind each. */
export const counterMethods = { add: "Add" } as const

/** A store of counters, and its log: to read, and to carry elsewhere. */
export interface CounterStore {
  readonly store: StoreOf<CounterTypes>
  readonly log: ReadLog<CounterAdded>
  readonly kept: EventLog
}

/** Counters in memory. */
export const memoryCounters = (now: () => DateTime.Utc): CounterStore => {
  const counters = new Map<string, Counter>()
  const answers = new KeptAnswers()
  const events: Array<CounterAdded> = []
  const { appended, log, read } = makeMemoryEventLog("counters", events)
  return {
    store: memoryBatchStore<CounterScope, LoadedCounters, CounterChanges>({
      now,
      load: ({ ids, keys }, now) => ({
        now,
        counters: ids.flatMap((id) => counters.get(id) ?? []),
        receipts: answers.of(keys, now)
      }),
      apply: (changes, now) => {
        for (const counter of changes.counters) counters.set(counter.id, counter)
        events.push(...changes.events)
        answers.keep(changes.receipts, now)
        appended()
      }
    }),
    log: read,
    kept: log
  }
}

/** The tables of the context. */
export const counterTables: ContextTables = {
  migrations: [
    {
      id: 1,
      name: "counters",
      statements: (schema) => [
        ...engineTables(schema),
        `create table ${schema}.counters (id varchar(50) collate "C" primary key,
  total bigint not null check (total >= 0), version bigint not null)`
      ]
    }
  ],
  monthly: []
}

const statementsOver = (
  schema: string
): BatchStatements<CounterScope, LoadedCounters, CounterChanges, never, never> => ({
  // A counter that is not there has no row to lock: its name is locked.
  lock: ({ ids }) => [
    query(
      `select pg_advisory_xact_lock(hashtextextended(id, 0))::text from (
  select id from unnest($1::text[]) as n(id) order by id) n`,
      texts(ids)
    )
  ],
  load: ({ ids, keys }, nowMillis) =>
    withReceipts(schema, keys, nowMillis, {
      queries: [
        query(
          `select id::text, total::float8, version::float8 from ${schema}.counters
where id = any($1::text[])`,
          texts(ids)
        )
      ],
      read: ([counters = []]) => ({ counters: counters as unknown as ReadonlyArray<Counter> })
    }),
  write: ({ counters }) => [
    query(
      `insert into ${schema}.counters (id, total, version)
select * from unnest($1::text[], $2::int8[], $3::int8[])
on conflict (id) do update set total = excluded.total, version = excluded.version`,
      texts(counters.map(({ id }) => id)),
      int8s(counters.map(({ total }) => total)),
      int8s(counters.map(({ version }) => version))
    )
  ]
})

/** Counters on PostgreSQL or PGlite, in a schema of their own that is brought up to date first. */
export const pgCounters = (schema: string, now?: Effect.Effect<DateTime.Utc>) =>
  Effect.gen(function* () {
    yield* migrateTables(counterTables, schema)
    return {
      store: yield* makeUnitOfWork(statementsOver(schema), { schema, lanes: 3, now }),
      log: yield* makeEventLog<CounterAdded>(schema, (text) => JSON.parse(text)),
      kept: yield* makePgKeptLog({ context: "counters", schema, now })
    }
  })
