/**
 * SERVICE. The sweeper: expires holds that have lapsed. A lapsed hold stops counting at its instant,
 * with or without it; the sweeper keeps their number small and publishes their expiry. It works in
 * chunks and sends one command a SKU through the service that takes every command. It never takes
 * back a hold that still stands. Any number of sweepers may run at once.
 */
import type * as Cause from "effect/Cause"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type { SkuId } from "../../kernel/Identifier.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import { StockReads } from "../ports/StockReads.ts"
import { Inventory } from "./Inventory.ts"
import { readCommand } from "./readCommand.ts"
import { layerSweeping } from "./sweeping.ts"

/** Holds that are read and expired together. */
const chunkMax = 1_000

/** SKUs that may fail in one sweep. When more do, it is not their locks, and the sweep ends. */
const failedSkusMax = 100

/** How often the sweeper looks. */
export interface ExpirySweeperOptions {
  /** The pause between two sweeps: 1 second. */
  readonly interval?: Duration.Input | undefined
}

/**
 * One sweep: expires what has lapsed, chunk by chunk, oldest first, until less than a chunk is
 * left. Answers how many holds it expired. A SKU may fail, for example when a host keeps it locked.
 * The sweep passes it, expires the holds of all others, and fails at the end with its error.
 */
export const expireLapsed: Effect.Effect<
  number,
  InventoryRefusal | StoreError,
  Inventory | StockReads
> = Effect.gen(function* () {
  const inventory = yield* Inventory
  const reads = yield* StockReads
  const failures = new Map<SkuId, Cause.Cause<InventoryRefusal | StoreError>>()
  let expired = 0
  while (true) {
    const lapsed = yield* reads.lapsed(chunkMax, [...failures.keys()])
    const failuresBefore = failures.size
    let written = 0
    yield* Effect.forEach(
      Map.groupBy(lapsed, (hold) => hold.skuId),
      ([skuId, holds]) => {
        const reservationIds = holds.map((hold) => hold.id)
        return Effect.matchCause(
          Effect.flatMap(
            Effect.fromResult(readCommand({ _tag: "ExpireReservations", reservationIds })),
            (command) => inventory.execute(command)
          ),
          {
            onSuccess: ({ answer }) => {
              written += answer.expired
            },
            onFailure: (cause) => {
              failures.set(skuId, cause)
            }
          }
        )
      },
      { concurrency: "unbounded", discard: true }
    )
    expired += written
    // Without progress, another sweeper took them or a replica is behind. The next sweep looks again.
    const hasProgress = written > 0 || failures.size > failuresBefore
    if (lapsed.length === chunkMax && hasProgress && failures.size <= failedSkusMax) continue
    const [cause] = failures.values()
    return cause === undefined ? expired : yield* Effect.failCause(cause)
  }
})

/** Sweeps for the lifetime of the layer. */
export const layerExpirySweeper = (
  options: ExpirySweeperOptions = {}
): Layer.Layer<never, never, Inventory | StockReads> =>
  layerSweeping(() => expireLapsed, {
    interval: options.interval ?? "1 second",
    whenFailing: "lapsed holds were not written down; trying again",
    whenBack: "lapsed holds are written down again"
  })
