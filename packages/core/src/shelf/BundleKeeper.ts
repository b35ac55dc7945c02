/**
 * SERVICE. Frees what is left of a bundle of which a correction took a part: half of a set is of no
 * use to a buyer, and its units are for others. It follows the log of the inventory by a durable
 * cursor. The rest is lost as the part is, so a late payment takes the whole bundle again or nothing.
 * Any number of processes may run it; one of them is active. A repeat does no harm.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type { LoggedEvent } from "../events/EventLog.ts"
import type { EventRelay } from "../events/relay/EventRelay.ts"
import { makeSubscription } from "../events/relay/Subscription.ts"
import type { InventoryRefusal } from "../inventory/messages/InventoryError.ts"
import { type InventoryEvent, readKept } from "../inventory/messages/InventoryEvent.ts"
import { InventoryLog } from "../inventory/ports/InventoryLog.ts"
import { Inventory } from "../inventory/services/Inventory.ts"
import { readCommand } from "../inventory/services/readCommand.ts"
import type { StoreError } from "../kernel/StoreError.ts"

/** How the keeper runs. */
export interface BundleKeeperOptions {
  /** The name of its cursor: `bundles`. */
  readonly name?: string | undefined
  /** Who follows, for people: a process and its host, say. */
  readonly owner?: string | undefined
  /** How long the cursor stays taken after the last sign of life, in milliseconds: 5,000. */
  readonly leaseMillis?: number | undefined
}

/** The bundles of which a part was taken, once each. */
const brokenIn = (events: ReadonlyArray<LoggedEvent<InventoryEvent>>) =>
  new Map(
    events.flatMap(({ event: { eventType, payload } }) =>
      eventType === "inventory.stock.released" &&
      payload.reason === "SHORTFALL" &&
      payload.bundle !== undefined
        ? [[payload.bundle.bundleId, payload.orderId] as const]
        : []
    )
  )

/** Makes the keeper; nothing is followed before it runs. Throws `InvalidOptions` for bad options. */
export const makeBundleKeeper = Effect.fnUntraced(function* (
  options: BundleKeeperOptions = {}
): Effect.fn.Return<EventRelay, never, Inventory | InventoryLog> {
  const { leaseMillis = 5_000, name = "bundles" } = options
  const { owner = `bundles:${crypto.randomUUID().slice(0, 8)}` } = options
  const inventory = yield* Inventory
  const log = yield* InventoryLog
  return makeSubscription<
    InventoryEvent,
    InventoryRefusal | StoreError,
    "inventory.stock.released"
  >(log, readKept, {
    ...{ name, owner, leaseMillis },
    from: "LAST",
    types: ["inventory.stock.released"],
    handle: (events) =>
      Effect.forEach(
        brokenIn(events),
        ([bundleId, orderId]) =>
          Result.match(readCommand({ _tag: "BreakBundle", orderId, bundleId }), {
            onFailure: Effect.fail,
            onSuccess: (command) => inventory.execute(command)
          }),
        { concurrency: "unbounded", discard: true }
      )
  })
})

/** Keeps bundles whole for the lifetime of the layer. */
export const layerBundleKeeper = (
  options: BundleKeeperOptions = {}
): Layer.Layer<never, never, Inventory | InventoryLog> =>
  Layer.effectDiscard(
    Effect.flatMap(makeBundleKeeper(options), ({ run }) => Effect.forkScoped(run))
  )
