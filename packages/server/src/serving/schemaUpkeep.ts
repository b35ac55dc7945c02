/**
 * Keeps the tables fit for use while the server runs: brings them up to date at start, deletes old
 * receipts and batches, and makes the partitions that become due. A database that cannot be reached
 * does not end the server: the server logs it, tries again, and is not ready until it succeeds. A
 * schema that this version must not touch does end it, and so does a password that is wrong.
 */
import {
  type ContextDiagnosis,
  type DatabaseDiagnosis,
  diagnose,
  diagnoseCatalog,
  layerCatalogPresence,
  layerCatalogUpkeep,
  layerPresence,
  layerUpkeep,
  type MigrationError,
  migrate,
  migrateCatalog,
  type PgSessions,
  type Retention,
  type ServerPresence
} from "@holdfast/adapter-pg/effect"
import { StoreError } from "@holdfast/core/engine"
import type * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { isFinal, sentenceOf } from "../cli/CommandFailure.ts"
import type { ContextName } from "../cli/contextSettings.ts"
import type { ServerLife } from "./ServerLife.ts"

/** What a server says of itself in the tables of one context. */
export type Presence = (context: ContextName) => ServerPresence

/** How the tables of a context are kept. */
export interface SchemaUpkeepOptions {
  readonly context: ContextName
  readonly schema: string
  /** Whether the server may create and change tables. */
  readonly mayMigrate: boolean
  /** What is dropped because it is old; undefined when everything is kept. */
  readonly retention: Retention | undefined
  readonly presence: Presence
  readonly life: ServerLife
}

const notYet = new StoreError({
  reason: "Unavailable",
  message: "the tables are not up to date yet; try again shortly"
})

const leaving = new StoreError({ reason: "Closed", message: "the server is about to stop" })

/** From a quarter of a second to five seconds apart. */
const pauses = Schedule.min([Schedule.exponential("250 millis"), Schedule.spaced("5 seconds")])

/** What is done with the tables of a context. */
interface Tables {
  readonly migrate: typeof migrate
  readonly diagnose: (
    schema: string
  ) => Effect.Effect<
    DatabaseDiagnosis<Pick<ContextDiagnosis, "missing" | "refusal">>,
    MigrationError | StoreError,
    PgSessions
  >
  readonly layerUpkeep: typeof layerUpkeep
  readonly layerPresence: typeof layerPresence
}

const tablesOf: { readonly [Name in ContextName]: Tables } = {
  inventory: { migrate, diagnose, layerUpkeep, layerPresence },
  catalog: {
    migrate: migrateCatalog,
    diagnose: diagnoseCatalog,
    layerUpkeep: layerCatalogUpkeep,
    layerPresence: layerCatalogPresence
  }
}

const migrateLogged = (context: ContextName, schema: string) =>
  Effect.tap(tablesOf[context].migrate(schema), ({ migrations }) =>
    migrations.length === 0
      ? Effect.void
      : Effect.annotateLogs(Effect.logInfo("the tables were brought up to date"), {
          schema,
          migrations: migrations.map(({ name }) => name)
        })
  )

/** Waits, by failing, for somebody else to migrate. */
const checkUpToDate = Effect.fnUntraced(function* (context: ContextName, schema: string) {
  const { tables } = yield* tablesOf[context].diagnose(schema)
  if (tables?.refusal !== undefined) return yield* tables.refusal
  if (tables === undefined || tables.missing.length > 0) {
    return yield* new StoreError({
      reason: "Unavailable",
      message: `schema ${schema} is not up to date; run holdfast migrate`
    })
  }
})

const keep = Effect.fnUntraced(function* (
  options: SchemaUpkeepOptions,
  upToDate: Deferred.Deferred<void>
): Effect.fn.Return<void, MigrationError | StoreError, PgSessions | Scope.Scope> {
  const { context, presence, retention, schema } = options
  const attempt: Effect.Effect<unknown, MigrationError | StoreError, PgSessions | Scope.Scope> = (
    options.mayMigrate ? migrateLogged(context, schema) : checkUpToDate(context, schema)
  ).pipe(
    Effect.andThen(Layer.build(tablesOf[context].layerPresence(schema, presence(context)))),
    Effect.andThen(Deferred.succeed(upToDate, undefined)),
    Effect.andThen(Layer.build(tablesOf[context].layerUpkeep({ schema, retention })))
  )
  const inBackground = attempt.pipe(
    Effect.retry({ schedule: pauses, while: (error) => error._tag === "StoreError" }),
    Effect.andThen(Effect.logInfo("the database can be used")),
    Effect.catchCause((cause) => Effect.logError("the tables cannot be brought up to date", cause)),
    Effect.annotateLogs({ schema })
  )
  yield* Effect.catchTag(attempt, "StoreError", (error) =>
    isFinal(error)
      ? Effect.fail(error)
      : Effect.andThen(
          Effect.annotateLogs(Effect.logWarning("the database cannot be used yet; trying again"), {
            reason: sentenceOf(error),
            schema
          }),
          Effect.forkScoped(inBackground)
        )
  )
})

/** Reads of a context, as far as they matter here. */
interface Pinged {
  readonly ping: Effect.Effect<void, StoreError>
}

/**
 * Brings the tables of a context up to date. A server that may not migrate waits until somebody else
 * has done it. A ping of the context's reads fails with the reason until the tables are up to date,
 * and again once the server leaves.
 */
export const layerSchemaUpkeep = <Reads, Service extends Pinged>(
  Reads: Context.Key<Reads, Service>,
  options: SchemaUpkeepOptions
): Layer.Layer<Reads, MigrationError | StoreError, Reads | PgSessions> =>
  Layer.effect(
    Reads,
    Effect.gen(function* () {
      const reads = yield* Reads
      const upToDate = yield* Deferred.make<void>()
      yield* keep(options, upToDate)
      return {
        ...reads,
        ping: Effect.suspend(() => {
          if (options.life.isLeaving) return Effect.fail(leaving)
          return Deferred.isDoneUnsafe(upToDate)
            ? reads.ping
            : Effect.andThen(reads.ping, Effect.fail(notYet))
        })
      }
    })
  )
