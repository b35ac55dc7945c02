/**
 * An inventory in another process, for a catalog: its stock over `POST /api/inventory/stock-status`,
 * which options are held over `POST /api/inventory/reservations/held-options`, and its log over `GET /api/events`. While it is away, stock is unknown and products are shown.
 */
import { type OptionId, StockStatus } from "@holdfast/core/catalog"
import { type FollowedLog, type KeptEvent, PositionGone } from "@holdfast/core/events"
import { balanceMax, type EventView } from "@holdfast/core/inventory"
import { FollowedInventory, type StockStatusOptions, stockStatusOver } from "@holdfast/core/shelf"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type { HoldfastClient } from "./HoldfastClient.ts"
import { makeRemote, type Remote, type RemoteOptions } from "./remote.ts"

const what = "the inventory"

/** The most events that a server gives on a page. */
const pageMax = 1_000

/** Options that are asked for at once: a product has no more. */
const optionsAtOnce = 1_000

const partsOf = (optionIds: ReadonlyArray<OptionId>): ReadonlyArray<ReadonlyArray<OptionId>> =>
  Array.from({ length: Math.ceil(optionIds.length / optionsAtOnce) }, (_, n) =>
    optionIds.slice(n * optionsAtOnce, (n + 1) * optionsAtOnce)
  )

const toKept = ({ payload, timestamp, ...event }: EventView): KeptEvent =>
  ({
    ...event,
    timestamp: DateTime.makeUnsafe(timestamp),
    payloadJson: JSON.stringify(payload)
  }) as KeptEvent

/** A page of events, or how far they were dropped. */
const pageOf = (client: HoldfastClient, after: number, limit: number) =>
  client.events
    .list({ query: { context: "inventory", after, size: Math.min(limit, pageMax) } })
    .pipe(
      Effect.map(({ items }) => ({ events: items.map(toKept) })),
      Effect.catchTag("PositionGone", ({ horizon }) => Effect.succeed({ horizon })),
      // A position behind the end of the log has no events; who follows it looks at the end then.
      Effect.catchIf(isBeyond, () => Effect.succeed({ events: [] }))
    )

const isBeyond = (error: object): boolean => "head" in error

/** A stream that would begin behind every event is refused with the end of the log. */
const headOf = (client: HoldfastClient): Effect.Effect<number, unknown> =>
  Effect.matchEffect(
    client.events.stream({ headers: {}, query: { context: "inventory", after: balanceMax } }),
    {
      onSuccess: () => Effect.succeed(balanceMax),
      onFailure: (refused) =>
        typeof refused === "object" && "head" in refused
          ? Effect.succeed(refused.head)
          : Effect.fail(refused)
    }
  )

/**
 * The log of another inventory, read over HTTP. Nobody says when it has grown: who follows it looks
 * once a second. It has no cursors.
 */
const logOver = (ask: Remote): Omit<FollowedLog, "cursors"> => ({
  context: "inventory",
  read: (after, limit) =>
    Effect.flatMap(
      ask((client) => pageOf(client, after, limit)),
      (page) =>
        "horizon" in page
          ? Effect.fail(new PositionGone({ after, horizon: page.horizon }))
          : Effect.succeed(page.events)
    ),
  head: ask(headOf),
  watch: Effect.succeed(Effect.never)
})

/**
 * The inventory at a URL as a catalog needs it: `StockStatus`, and the log that `layerSoldOut`
 * follows. Stock that is not answered in time is unknown.
 */
export const layerRemoteInventory = (
  options: RemoteOptions & StockStatusOptions
): Layer.Layer<StockStatus | FollowedInventory, never, HttpClient.HttpClient> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const ask = yield* makeRemote(what, options)
      const stock = stockStatusOver(
        {
          stockOf: (skuIds) =>
            Effect.map(
              ask((client) => client.stock.manyStatuses({ headers: {}, payload: { skuIds } })),
              ({ items }) =>
                items.map(({ availableQuantity, inStockQuantity, skuId, version }) => ({
                  availableQuantity,
                  inStockQuantity,
                  skuId,
                  version
                }))
            ),
          heldOptions: (optionIds) =>
            Effect.map(
              Effect.forEach(partsOf(optionIds), (part) =>
                ask((client) => client.stock.heldOptions({ payload: { optionIds: part } }))
              ),
              (answers) => answers.flatMap((answer) => answer.optionIds)
            )
        },
        options
      )
      return Context.make(StockStatus, stock).pipe(Context.add(FollowedInventory, logOver(ask)))
    })
  )
