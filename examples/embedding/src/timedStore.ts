/**
 * The smallest useful store of your own: it wraps another store and reports how long each
 * transaction took. An adapter for another database implements the same two methods, and its reads.
 * `StockStore` says what it must promise, and the contract suite tests it (see
 * `test/timedStore.contract.test.ts`).
 */
import { StockStore } from "@holdfast/core/inventory"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Tells `report` how many milliseconds each transaction of the store beneath took. */
export const layerTimed = (
  report: (millis: number) => void
): Layer.Layer<StockStore, never, StockStore> =>
  Layer.effect(
    StockStore,
    Effect.gen(function* () {
      const store = yield* StockStore
      const clock = yield* Clock.Clock
      return StockStore.of({
        ...store,
        transact: (scope, decide, locking) =>
          Effect.suspend(() => {
            const start = clock.currentTimeMillisUnsafe()
            return Effect.ensuring(
              store.transact(scope, decide, locking),
              Effect.sync(() => report(clock.currentTimeMillisUnsafe() - start))
            )
          })
      })
    })
  )
