/** The store and the reads of the inventory, over tables that are checked before the first use. */
import type { StockReads, StockStore } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type { makeSchemaGate } from "../schema/schemaCheck.ts"

type Gate = ReturnType<typeof makeSchemaGate>

/** Every read through the gate. The ping has its own time limit. */
export const gatedReads = (gate: Gate, reads: StockReads["Service"]): StockReads["Service"] => {
  const gated = Object.entries(reads).map(([name, read]) => [
    name,
    typeof read === "function"
      ? (...args: ReadonlyArray<unknown>) => gate(Reflect.apply(read, reads, args))
      : gate(read)
  ])
  const all = Object.fromEntries(gated) as StockReads["Service"]
  return { ...all, ping: Effect.andThen(reads.ping, gate(Effect.void)) }
}

/** The store through the gate. */
export const gatedStore = (gate: Gate, store: StockStore["Service"]): StockStore["Service"] => ({
  ...store,
  transact: (scope, decide, locking) => gate(store.transact(scope, decide, locking))
})
