/**
 * SERVICE. Frees what is left of a bundle of which a correction took a part: half of a set is of no
 * use to a buyer, and its units are for others. The rest is lost as the part is, so a late payment
 * takes the whole bundle again or nothing. It looks for such bundles every second, by an index that
 * has nothing else, because to follow every event would cost what is rare more than it is worth.
 * Any number of keepers may run at once; a repeat does no harm.
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import { StockReads } from "../ports/StockReads.ts"
import { Inventory } from "./Inventory.ts"
import { readCommand } from "./readCommand.ts"
import { layerSweeping } from "./sweeping.ts"

/** How often the keeper looks. */
export interface BundleKeeperOptions {
  /** The pause between two looks: 1 second. */
  readonly interval?: Duration.Input | undefined
}

/** Bundles that are broken up in one look. */
const bundlesMax = 1_000

/** Longer than a correction takes to commit, and than clocks of processes differ. */
const recentMillis = 3_600_000

/**
 * Frees the rest of broken bundles. One that fails does not keep the others; its error is the answer
 * at the end.
 */
const keepWhole = (
  withinMillis: number | null
): Effect.Effect<void, InventoryRefusal | StoreError, Inventory | StockReads> =>
  Effect.gen(function* () {
    const inventory = yield* Inventory
    const reads = yield* StockReads
    const broken = yield* reads.brokenBundles(bundlesMax, withinMillis)
    const results = yield* Effect.forEach(
      broken,
      (bundle) =>
        Effect.result(
          Effect.flatMap(
            Effect.fromResult(readCommand({ _tag: "BreakBundle", ...bundle })),
            (command) => inventory.execute(command)
          )
        ),
      { concurrency: "unbounded" }
    )
    const failed = results.find(Result.isFailure)
    if (failed !== undefined) return yield* Effect.fail(failed.failure)
  })

/** Keeps bundles whole for the lifetime of the layer. At first it looks at all that were ever broken. */
export const layerBundleKeeper = (
  options: BundleKeeperOptions = {}
): Layer.Layer<never, never, Inventory | StockReads> =>
  layerSweeping((isAfterFailure) => keepWhole(isAfterFailure ? null : recentMillis), {
    interval: options.interval ?? "1 second",
    whenFailing: "the rest of broken bundles was not freed; trying again",
    whenBack: "the rest of broken bundles is freed again"
  })
