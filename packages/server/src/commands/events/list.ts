/** `holdfast events list`: a page of the event log. */
import {
  type EventsFilter as CatalogFilter,
  CatalogQueries,
  StockStatus
} from "@holdfast/core/catalog"
import {
  EventsFilter,
  eventView,
  InventoryQueries,
  OrderId,
  StockReads
} from "@holdfast/core/inventory"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { answer } from "../../cli/answering.ts"
import { usageFailure } from "../../cli/CommandFailure.ts"
import { type ContextName, contextFlags } from "../../cli/contextSettings.ts"
import { readBy, setting, wholeNumber } from "../../cli/settings.ts"
import { logOf, onDatabase, onDatabaseFlags } from "../onDatabase.ts"
import { eventLine } from "./eventLines.ts"
import { type AskedPlace, checkPlace, placeFlags } from "./positions.ts"
import { checkTypes, typesFlag } from "./typesFlag.ts"

const { aggregateIds } = EventsFilter.fields

const flags = {
  ...onDatabaseFlags,
  ...contextFlags,
  ...placeFlags("List the events after this position (default: from the first that is kept)"),
  limit: setting(
    "limit",
    {
      metavar: "<count>",
      description: "Events to list at most (default: 100)",
      read: wholeNumber(1, 1_000)
    },
    100
  ),
  types: typesFlag,
  aggregates: setting(
    "aggregates",
    {
      metavar: "<id,...>",
      description:
        "Only events of these SKUs and locations, or products and categories, at most 100",
      read: readBy(aggregateIds.schema, "1 to 100 ids, separated by commas")
    },
    undefined
  ),
  order: setting(
    "order",
    {
      metavar: "<id>",
      description: "Only events of this order",
      read: readBy(OrderId, "the id of an order: 1 to 100 printable characters")
    },
    undefined
  )
}

const given = <Name extends string, A>(name: Name, value: A | undefined) =>
  value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: A })

interface Asked extends AskedPlace {
  readonly context: ContextName
  readonly limit: number
  readonly types: ReadonlyArray<string> | undefined
  readonly aggregates: EventsFilter["aggregateIds"]
  readonly order: EventsFilter["orderId"]
}

const layerCatalogQueries = Layer.provide(CatalogQueries.layer, StockStatus.layerNone)

/** A page of the log of a context. The types are of that context. */
const pageOf = Effect.fnUntraced(function* (input: Asked) {
  const { aggregates, context, order, types } = input
  yield* checkTypes(context, types)
  if (context === "catalog" && order !== undefined) {
    return yield* usageFailure("--order is about the inventory: leave out --context catalog")
  }
  const page = {
    ...given("after", input.after),
    size: input.limit,
    ...given("aggregateIds", aggregates)
  }
  if (context === "catalog") {
    const asked = { ...page, ...given("types", types as CatalogFilter["types"]) }
    return yield* Effect.flatMap(CatalogQueries, (queries) => queries.ask("events", asked)).pipe(
      Effect.provide(layerCatalogQueries)
    )
  }
  const filter = { ...given("types", types as EventsFilter["types"]), ...given("orderId", order) }
  return yield* InventoryQueries.over(yield* StockReads).ask("events", { ...page, ...filter })
})

/** Reads only. */
export const list = Command.make("list", flags, (input) =>
  onDatabase(input, () =>
    Effect.gen(function* () {
      const { items, next } = yield* pageOf(input)
      // After the page: one of a log that is restored meanwhile is not printed.
      yield* checkPlace(yield* logOf(input.context), input)
      const views = items.map(eventView)
      const lines = views.map((view) => eventLine(view, JSON.stringify(view.payload)))
      const more = items.length < input.limit ? [] : [`there may be more: --after ${next}`]
      yield* answer(
        input,
        { items: views, next },
        items.length === 0 ? [`no events after position ${next}`] : [...lines, ...more]
      )
    })
  )
).pipe(
  Command.withDescription("List events of the log, in order, also of types, SKUs or an order"),
  Command.withExamples([
    { command: "holdfast events list --order order-1", description: "What happened to an order" }
  ])
)
