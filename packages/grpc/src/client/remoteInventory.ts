/**
 * An inventory in another process, for a catalog, over gRPC: its stock, which options are held, and its
 * log. While it is away, stock is unknown and products are shown.
 */
import { type OptionId, StockStatus } from "@holdfast/core/catalog"
import { type FollowedLog, type KeptEvent, PositionGone } from "@holdfast/core/events"
import { balanceMax, type EventView } from "@holdfast/core/inventory"
import { FollowedInventory, type StockStatusOptions, stockStatusOver } from "@holdfast/core/shelf"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { services } from "../contract/services.ts"
import { eventCodec } from "../serving/eventHandlers.ts"
import { question } from "./asking.ts"
import { type GrpcRemoteOptions, makeGrpcRemote, type RemoteCall, storeErrorOf } from "./remote.ts"

const what = "the inventory"

/** The most events that a server gives on a page. */
const pageMax = 1_000

/** Options that are asked for at once: a product has no more. */
const optionsAtOnce = 1_000

const stockStatus = question("inventory", "stockStatus")
const heldOptions = question("inventory", "heldOptions")

const methodNamed = (name: string) => {
  const method = services.events.methods.find((one) => one.name === name)
  if (method === undefined) throw new Error(`there is no method ${name}`)
  return method
}
const [getEvents, streamEvents] = [methodNamed("GetEvents"), methodNamed("StreamEvents")]

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

/** The number of the inventory among contexts. */
const ofInventory = { context: 1 }

/**
 * The log of another inventory. Nobody says when it has grown: who follows it looks once a second. It has
 * no cursors.
 */
const logOver = (call: RemoteCall): Omit<FollowedLog, "cursors"> => {
  const { codec } = eventCodec()
  return {
    context: "inventory",
    read: (after, limit) =>
      call(getEvents, {
        ...ofInventory,
        after: BigInt(after),
        size: BigInt(Math.min(limit, pageMax))
      }).pipe(
        Effect.map((page) =>
          (page as unknown as { readonly items: ReadonlyArray<never> }).items.map((event) =>
            toKept(codec.fromMessage(event) as unknown as EventView)
          )
        ),
        Effect.mapError((failure) =>
          failure._tag === "RemoteFailure" && failure.reason === "POSITION_GONE"
            ? new PositionGone({ after, horizon: Number(failure.fields["horizon"]) })
            : storeErrorOf(what, failure)
        )
      ),
    // A stream that would begin behind every event is refused with the end of the log.
    head: Effect.matchEffect(call(streamEvents, { ...ofInventory, after: BigInt(balanceMax) }), {
      onSuccess: () => Effect.succeed(balanceMax),
      onFailure: (failure) =>
        failure._tag === "RemoteFailure" && failure.reason === "POSITION_BEYOND_LOG"
          ? Effect.succeed(Number(failure.fields["head"]))
          : Effect.fail(storeErrorOf(what, failure))
    }),
    watch: Effect.succeed(Effect.never)
  }
}

/**
 * The inventory at an address as a catalog needs it: `StockStatus`, and the log that `layerSoldOut`
 * follows. Stock that is not answered in time is unknown.
 */
export const layerGrpcInventory = <E = never>(
  options: GrpcRemoteOptions<E> & StockStatusOptions
): Layer.Layer<StockStatus | FollowedInventory, E> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const call = yield* makeGrpcRemote(what, options)
      const stock = stockStatusOver(
        {
          stockOf: (skuIds) =>
            Effect.map(stockStatus(call, what, { skuIds }), ({ items }) =>
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
                heldOptions(call, what, { optionIds: part })
              ),
              (answers) => answers.flatMap((answer) => answer.optionIds)
            )
        },
        options
      )
      return Context.make(StockStatus, stock).pipe(Context.add(FollowedInventory, logOver(call)))
    })
  )
