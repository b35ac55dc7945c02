/**
 * Checks, before the first use, that the tables have the version of this engine. Until they do,
 * nothing is read or written: callers get `Unavailable` with the reason, because somebody may be
 * about to migrate. Once they do, nothing is checked any more.
 */
import type * as PgPool from "@effect/sql-pg/PgPool"
import { StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type { Row } from "../connection/Query.ts"
import { type LendingOptions, runQueries } from "../connection/Session.ts"
import { isForeignSchema, toStoreError } from "../connection/SqlFailure.ts"
import type { Migration } from "./ContextTables.ts"
import { refusalOf, toApplied } from "./migrate.ts"
import { diagnoseMigrations } from "./statements/diagnoseMigrations.ts"

const unavailable = (message: string, cause?: unknown) =>
  new StoreError({
    reason: "Unavailable",
    message,
    ...(cause === undefined ? {} : { cause })
  })

/** Why this version cannot use a schema with these migrations; undefined when it can. */
const lackOf = (
  migrations: ReadonlyArray<Migration>,
  rows: ReadonlyArray<Row>,
  schema: string
): StoreError | undefined => {
  const applied = toApplied(rows)
  const ids = new Set(applied.map(({ id }) => id))
  const refusal = refusalOf(migrations, applied, schema)
  if (refusal !== undefined) return unavailable(refusal.message, refusal)
  return migrations.every(({ id }) => ids.has(id))
    ? undefined
    : unavailable(`schema ${schema} is not up to date; run holdfast migrate`)
}

/** Runs an effect once the tables are known to be right, and fails it until then. */
export const makeSchemaGate = (
  pool: PgPool.PgPool,
  schema: string,
  migrations: ReadonlyArray<Migration>,
  options: LendingOptions
) => {
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
      const lack = lackOf(migrations, rows, schema)
      isRight = lack === undefined
      return lack === undefined ? Effect.void : Effect.fail(lack)
    })
  )
  return <A, E>(work: Effect.Effect<A, E>): Effect.Effect<A, E | StoreError> =>
    Effect.suspend(() => (isRight ? work : Effect.andThen(check, work)))
}
