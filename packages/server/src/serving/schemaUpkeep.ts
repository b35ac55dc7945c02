/**
 * Keeps the tables fit for use while the server runs: brings them up to date at start, forgets what
 * has served and makes the partitions that become due. A database that cannot be reached does not
 * end the server: it says so, tries again, and is not ready until it got through. A schema that
 * this version must not touch does end it.
 */
import {
  layerUpkeep,
  type MigrationError,
  migrate,
  type PgSessions
} from "@holdfast/adapter-pg/effect"
import { StockReads, StoreError } from "@holdfast/core/effect"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"

/** How the tables are kept. */
export interface SchemaUpkeepOptions {
  readonly schema: string
  /** Whether the server may create and change tables. */
  readonly mayMigrate: boolean
}

const notYet = new StoreError({
  reason: "Unavailable",
  message: "the tables are not up to date yet; try again shortly"
})

/** From a quarter of a second to five seconds apart. */
const pauses = Schedule.min([Schedule.exponential("250 millis"), Schedule.spaced("5 seconds")])

const migrateLogged = (schema: string) =>
  Effect.tap(migrate(schema), ({ migrations }) =>
    migrations.length === 0
      ? Effect.void
      : Effect.annotateLogs(Effect.logInfo("the tables were brought up to date"), {
          schema,
          migrations: migrations.map(({ name }) => name)
        })
  )

const keep = Effect.fnUntraced(function* (
  options: SchemaUpkeepOptions,
  upToDate: Deferred.Deferred<void>
): Effect.fn.Return<void, MigrationError, PgSessions | Scope.Scope> {
  const { schema } = options
  const upkeep = Layer.build(layerUpkeep({ schema }))
  const attempt = Effect.andThen(migrateLogged(schema), Deferred.succeed(upToDate, undefined))
  const inBackground = attempt.pipe(
    Effect.tapError((error) =>
      Effect.logWarning("the tables are not up to date yet", error.message)
    ),
    Effect.retry(pauses),
    Effect.andThen(upkeep),
    Effect.catchCause((cause) => Effect.logError("the tables cannot be brought up to date", cause))
  )
  const first: Effect.Effect<unknown, MigrationError | StoreError, PgSessions | Scope.Scope> =
    Effect.andThen(attempt, upkeep)
  yield* Effect.catchTag(first, "StoreError", (error) =>
    Effect.andThen(
      Effect.logWarning("the database cannot be used yet; trying again", error),
      Effect.forkScoped(inBackground)
    )
  )
})

/**
 * Brings the tables up to date, and has reads answer `Unavailable` to a ping until they are.
 * Without the right to migrate, the tables are taken as they are.
 */
export const layerSchemaUpkeep = (
  options: SchemaUpkeepOptions
): Layer.Layer<StockReads, MigrationError, StockReads | PgSessions> =>
  Layer.effect(
    StockReads,
    Effect.gen(function* () {
      const reads = yield* StockReads
      if (!options.mayMigrate) return reads
      const upToDate = yield* Deferred.make<void>()
      yield* keep(options, upToDate)
      return {
        ...reads,
        ping: Effect.suspend(() =>
          Deferred.isDoneUnsafe(upToDate) ? reads.ping : Effect.fail(notYet)
        )
      }
    })
  )
