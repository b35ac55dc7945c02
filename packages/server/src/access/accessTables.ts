/**
 * The keys of services, for a server. Where they are taken, their tables are brought up to date as
 * those of the contexts are: a database that is away is tried again, and until then no key is taken.
 */
import {
  layerApiKeys,
  type MigrationError,
  migrateAccess,
  type PgSessions
} from "@holdfast/adapter-pg/effect"
import type { ApiKeys } from "@holdfast/core/access"
import type { StoreError } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { isFinal, sentenceOf } from "../cli/CommandFailure.ts"

/** How the tables are kept. */
export interface AccessTablesOptions {
  readonly schema: string
  /** Whether the server may create and change tables. */
  readonly mayMigrate: boolean
  /** Whether the keys of services are taken. */
  readonly isUsed: boolean
}

/** From a quarter of a second to five seconds apart. */
const pauses = Schedule.min([Schedule.exponential("250 millis"), Schedule.spaced("5 seconds")])

const migrated = (schema: string) =>
  Effect.tap(migrateAccess(schema), (applied) =>
    applied.length === 0
      ? Effect.void
      : Effect.annotateLogs(Effect.logInfo("the tables were brought up to date"), {
          schema,
          migrations: applied.map(({ name }) => name)
        })
  )

const keptUp = ({ schema }: AccessTablesOptions) =>
  Effect.catchTag(migrated(schema), "StoreError", (error) =>
    isFinal(error)
      ? Effect.fail(error)
      : Effect.andThen(
          Effect.annotateLogs(
            Effect.logWarning("the keys of services cannot be read yet; trying again"),
            { reason: sentenceOf(error), schema }
          ),
          migrated(schema).pipe(
            Effect.retry({ schedule: pauses, while: (again) => again._tag === "StoreError" }),
            Effect.catchCause((cause) =>
              Effect.logError("the tables of keys cannot be brought up to date", cause)
            ),
            Effect.forkScoped
          )
        )
  )

/** The keys of services in the tables of access. */
export const layerAccessKeys = (
  options: AccessTablesOptions
): Layer.Layer<ApiKeys, MigrationError | StoreError, PgSessions> =>
  Layer.merge(
    layerApiKeys({ schema: options.schema }),
    options.isUsed && options.mayMigrate ? Layer.effectDiscard(keptUp(options)) : Layer.empty
  )
