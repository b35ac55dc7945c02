/** What `import` and `export` have in common: their settings, and both contexts opened. */
import type { MigrationError, StoreStartError } from "@holdfast/adapter-pg/effect"
import { type RecordKind, recordKinds } from "@holdfast/core/exchange"
import * as Argument from "effect/cli/Argument"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Answered, answeringOnce } from "../../cli/answering.ts"
import {
  type CommandFailure,
  failure,
  fromDatabase,
  usageFailure
} from "../../cli/CommandFailure.ts"
import {
  checkedSchemas,
  contextsOf,
  type Service,
  serviceFlags
} from "../../cli/contextSettings.ts"
import {
  checkedToExist,
  describePlace,
  layerSessions,
  placeOf
} from "../../cli/databaseSettings.ts"
import { oneOf, setting } from "../../cli/settings.ts"
import { contextOf, type ExchangeContexts, layerExchange } from "../../exchange/ExchangeContexts.ts"
import type { ImportFailure } from "../../exchange/importing.ts"
import { type OnDatabaseInput, onDatabaseFlags } from "../onDatabase.ts"
import { asOperator } from "../operator.ts"

/** The kind of records. */
export const kindArgument = Argument.Literals("kind", recordKinds).pipe(
  Argument.withDescription("products, categories, skus or stock")
)

/** The settings of both commands. */
export const exchangeFlags = {
  ...onDatabaseFlags,
  ...serviceFlags,
  format: setting(
    "format",
    {
      metavar: "<csv|jsonl>",
      description: "Form of the file, where its name does not say it",
      read: oneOf("csv", "jsonl")
    },
    undefined
  )
}

/** The settings, as read. */
export type ExchangeInput = OnDatabaseInput & {
  readonly kind: RecordKind
  readonly service: Service
}

type ExchangeFailure = ImportFailure | Answered | MigrationError | StoreStartError

const failureOf =
  (place: string) =>
  (error: ExchangeFailure): Answered | CommandFailure => {
    switch (error._tag) {
      case "StoreError":
      case "MigrationError":
      case "StoreStartError":
        return fromDatabase(error, place)
      case "UnusableFile":
      case "TakenOver":
        return failure(error._tag, error.message)
      default:
        return error
    }
  }

/** Refuses records that go into a context which is not here. */
const checkedKind = ({ kind, service }: ExchangeInput): Effect.Effect<void, CommandFailure> =>
  contextsOf(service).includes(contextOf(kind))
    ? Effect.void
    : Effect.fail(usageFailure(`--service ${service} has no ${kind}`))

/** Opens the contexts, runs the command, and ends. A signal cuts it short. */
export const onContexts = (
  input: ExchangeInput,
  mayMigrate: boolean,
  command: Effect.Effect<void, ImportFailure | Answered, ExchangeContexts>
): Effect.Effect<void, Answered> =>
  answeringOnce(
    input,
    Effect.gen(function* () {
      yield* checkedKind(input)
      const named = yield* placeOf(input)
      const place = mayMigrate ? named : yield* checkedToExist(named)
      yield* checkedSchemas(input)
      const { catalogSchema, schema, service } = input
      const contexts = Layer.provide(
        layerExchange({ schema, catalogSchema, mayMigrate, service }),
        layerSessions(place, input)
      )
      yield* asOperator(command).pipe(
        Effect.provide(contexts),
        Effect.mapError(failureOf(describePlace(place)))
      )
    })
  )
