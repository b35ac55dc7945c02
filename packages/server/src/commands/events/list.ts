/** `holdfast events list`: a page of the event log. */
import {
  EventsFilter,
  eventView,
  InventoryQueries,
  OrderId,
  StockReads
} from "@holdfast/core/inventory"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { answer } from "../../cli/answering.ts"
import { readBy, setting, wholeNumber } from "../../cli/settings.ts"
import { onDatabase, onDatabaseFlags } from "../onDatabase.ts"
import { eventLine } from "./eventLines.ts"
import { readPosition } from "./positions.ts"
import { typesFlag } from "./typesFlag.ts"

const { aggregateIds } = EventsFilter.fields

const flags = {
  ...onDatabaseFlags,
  after: setting(
    "after",
    {
      metavar: "<position>",
      description: "List the events after this position (default: from the first that is kept)",
      read: readPosition
    },
    undefined
  ),
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
      description: "Only events of these SKUs and locations, at most 100",
      read: readBy(aggregateIds.schema, "1 to 100 ids of SKUs or locations, separated by commas")
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

const filterOf = (input: {
  readonly types: EventsFilter["types"]
  readonly aggregates: EventsFilter["aggregateIds"]
  readonly order: EventsFilter["orderId"]
}): EventsFilter => ({
  ...(input.types === undefined ? {} : { types: input.types }),
  ...(input.aggregates === undefined ? {} : { aggregateIds: input.aggregates }),
  ...(input.order === undefined ? {} : { orderId: input.order })
})

/** Reads only. */
export const list = Command.make("list", flags, (input) =>
  onDatabase(input, () =>
    Effect.gen(function* () {
      const { after, limit } = input
      const queries = InventoryQueries.over(yield* StockReads)
      const place = after === undefined ? {} : { after }
      const asked = { ...place, size: limit, ...filterOf(input) }
      const { items, next } = yield* queries.ask("events", asked)
      const views = items.map(eventView)
      const lines = views.map((view) => eventLine(view, JSON.stringify(view.payload)))
      const more = items.length < limit ? [] : [`there may be more: --after ${next}`]
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
