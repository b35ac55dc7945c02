/**
 * Checks, before the first use, that the tables have the version of this engine. Until they do,
 * nothing is read or written: callers get `Unavailable` with the reason, because somebody may be
 * about to migrate. Once they do, nothing is checked any more.
 */
import type * as PgPool from "@effect/sql-pg/PgPool"
import { type StockReads, type StockStore, StoreError } from "@holdfast/core/effect"
import * as Effect from "effect/Effect"
import type { Row } from "../connection/Query.ts"
import { type LendingOptions, runQueries } from "../connection/Session.ts"
import { isForeignSchema, toStoreError } from "../connection/SqlFailure.ts"
import { migrations } from "../inventory/migrations/migrations.ts"
import { refusalOf } from "./migrate.ts"
import { diagnoseMigrations } from "./statements/diagnoseMigrations.ts"

const unavailable = (message: string, cause?: unknown) =>
  new StoreError({
    reason: "Unavailable",
    message,
    ...(cause === undefined ? {} : { cause })
  })

/** Why this version cannot use a schema with these migrations; undefined when it can. */
const lackOf = (rows: ReadonlyArray<Row>, schema: string): StoreError | undefined => {
  const applied = new Map(rows.map((row) => [row["id"] as number, row["checksum"] as string]))
  const refusal = refusalOf(applied, schema)
  if (refusal !== undefined) return unavailable(refusal.message, refusal)
  return migrations.every(({ id }) => applied.has(id))
    ? undefined
    : unavailable(`schema ${schema} is not up to date; run holdfast migrate`)
}

/** Runs an effect once the tables are known to be right, and fails it until then. */
const makeGate = (pool: PgPool.PgPool, schema: string, options: LendingOptions) => {
  const run = runQueries(pool, options)
  let isRight = false
  const check = run([diagnoseMigrations(schema)]).pipe(
    Effect.retry({ times: 1, while: ({ kind }) => kind === "Lost" }),
    Effect.mapError((failure) =>
      isForeignSchema(failure.cause)
        ? unavailable(`schema ${schema} has no tables yet; run holdfast migrate`, failure.cause)
        : toStoreError(failure)
    ),
    Effect.flatMap(([rows = []]) => {
      const lack = lackOf(rows, schema)
      isRight = lack === undefined
      return lack === undefined ? Effect.void : Effect.fail(lack)
    })
  )
  return <A, E>(work: Effect.Effect<A, E>): Effect.Effect<A, E | StoreError> =>
    Effect.suspend(() => (isRight ? work : Effect.andThen(check, work)))
}

type Gate = ReturnType<typeof makeGate>

/** Every read through the gate. The ping has its own time limit. */
const gatedReads = (gate: Gate, reads: StockReads["Service"]): StockReads["Service"] => {
  const gated = Object.entries(reads).map(([name, read]) => [
    name,
    typeof read === "function"
      ? (...args: ReadonlyArray<unknown>) => gate(Reflect.apply(read, reads, args))
      : gate(read)
  ])
  const all = Object.fromEntries(gated) as StockReads["Service"]
  return { ...all, ping: Effect.andThen(reads.ping, gate(Effect.void)) }
}

/** A store and its reads, over tables that are checked before the first use. */
export const checkingTables = (
  pool: PgPool.PgPool,
  schema: string,
  store: StockStore["Service"],
  reads: StockReads["Service"],
  options: LendingOptions
): { readonly store: StockStore["Service"]; readonly reads: StockReads["Service"] } => {
  const gate = makeGate(pool, schema, options)
  return {
    store: {
      ...store,
      transact: (scope, decide, locking) => gate(store.transact(scope, decide, locking)),
      load: (scope) => gate(store.load(scope))
    },
    reads: gatedReads(gate, reads)
  }
}
