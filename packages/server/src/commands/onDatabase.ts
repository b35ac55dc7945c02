/**
 * What the commands that work on a database and then end have in common: the settings, opening the
 * database, and saying in one sentence why it could not be used.
 */
import {
  layerCatalogStorage,
  layerStorage,
  type MigrationError,
  type PgSessions,
  type StoreStartError
} from "@holdfast/adapter-pg/effect"
import { CatalogLog, type CatalogReads } from "@holdfast/core/catalog"
import type {
  CursorUnknown,
  EventLog,
  PositionBeyondHead,
  PositionGone
} from "@holdfast/core/events"
import {
  InventoryLog,
  type InventoryRefusal,
  sentenceOf as refusalSentenceOf,
  type StockReads,
  type StockStore,
  type StoreError
} from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { Answered, type AnswerInput, answering, answeringOnce } from "../cli/answering.ts"
import { CommandFailure, failure, fromDatabase } from "../cli/CommandFailure.ts"
import { type ContextName, checkedSchemas, type Schemas } from "../cli/contextSettings.ts"
import {
  checkedToExist,
  databaseFlags,
  describePlace,
  layerSessions,
  placeOf,
  type SessionsInput
} from "../cli/databaseSettings.ts"
import { logFlags } from "../cli/logging.ts"
import { type Found, toggle } from "../cli/settings.ts"

/** The settings of every such command. */
export const onDatabaseFlags = {
  ...databaseFlags,
  json: toggle("json", "Answer with one JSON document on standard output", false),
  ...logFlags
}

/** The same settings, as read. */
export interface OnDatabaseInput extends AnswerInput, Schemas, SessionsInput {
  readonly database: Found<Redacted.Redacted> | undefined
  readonly folder: Found<string> | undefined
}

/** What can go wrong in such a command. */
export type DatabaseError =
  | Answered
  | CommandFailure
  | CursorUnknown
  | InventoryRefusal
  | MigrationError
  | PositionBeyondHead
  | PositionGone
  | StoreError
  | StoreStartError

/** The sentence for the person who typed the command. */
export const failureOf =
  (place: string) =>
  (error: DatabaseError): Answered | CommandFailure => {
    if (error instanceof CommandFailure || error instanceof Answered) return error
    const isDatabase =
      error._tag === "StoreStartError" ||
      error._tag === "MigrationError" ||
      error._tag === "StoreError"
    if (isDatabase) return fromDatabase(error, place)
    return failure(error._tag, error instanceof Error ? error.message : refusalSentenceOf(error))
  }

/** What such a command works on. Of a context whose tables are not there, every call is refused. */
export type OpenDatabase =
  | CatalogLog
  | CatalogReads
  | InventoryLog
  | PgSessions
  | StockReads
  | StockStore

/** The log of a context. */
export const logOf = (
  context: ContextName
): Effect.Effect<EventLog, never, CatalogLog | InventoryLog> =>
  context === "inventory" ? Effect.service(InventoryLog) : Effect.service(CatalogLog)

/** How a command works on a database. */
export interface OnDatabaseOptions {
  /** Whether it may make the folder of an embedded database. */
  readonly mayMake?: boolean
  /** Whether it serves until a signal: its failure is logged. */
  readonly isService?: boolean
  /** Whether it prints until a signal: its failure is a sentence. */
  readonly isFollower?: boolean
  /** What must be right before anybody looks for the database, such as a file that is named. */
  readonly before?: Effect.Effect<unknown, CommandFailure>
}

/** Opens the database, runs the command on it, and ends. The command gets the place as text. */
export const onDatabase = (
  input: OnDatabaseInput,
  command: (place: string) => Effect.Effect<void, DatabaseError, OpenDatabase>,
  options: OnDatabaseOptions = {}
): Effect.Effect<void, Answered> => {
  const work = Effect.gen(function* () {
    yield* checkedSchemas(input)
    if (options.before !== undefined) yield* options.before
    const named = yield* placeOf(input)
    const place = options.mayMake === true ? named : yield* checkedToExist(named)
    const described = describePlace(place)
    const storage = Layer.merge(
      layerStorage({ schema: input.schema }),
      layerCatalogStorage({ schema: input.catalogSchema })
    )
    const database = Layer.provideMerge(storage, layerSessions(place, input))
    yield* command(described).pipe(Effect.provide(database), Effect.mapError(failureOf(described)))
  })
  // A signal ends these in good order, and cuts any other command short.
  return options.isService === true || options.isFollower === true
    ? answering(input, work, options)
    : answeringOnce(input, work)
}
