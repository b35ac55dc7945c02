/**
 * The contract of the order flow, over the stores of an adapter: events that come twice, late, too
 * early or in a race end in the same state, and nothing waits for what is missing.
 */
import { it as vitest } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { StockReads } from "../inventory/ports/StockReads.ts"
import type { StockStore } from "../inventory/ports/StockStore.ts"
import { Inventory } from "../inventory/services/Inventory.ts"
import { OrderFlow } from "../ordering/OrderFlow.ts"
import type { ParkedOrderEvents } from "../ordering/ParkedOrderEvents.ts"
import { type ContractClock, type ContractOptions, layerStage, Stage } from "./contract/Stage.ts"
import { earlyEvents } from "./ordering/earlyEvents.ts"
import { orderEvents, unreadableEvents } from "./ordering/orderEvents.ts"

/** Declares the suite. `layer` opens an empty store and its parked events, by the given time. */
export const orderFlowContract = <E>(
  name: string,
  layer: (clock: ContractClock) => Layer.Layer<StockStore | StockReads | ParkedOrderEvents, E>,
  options: ContractOptions = {}
): void => {
  const store = Layer.unwrap(Effect.map(Stage, ({ clock, now }) => layer({ clock, now })))
  const subject = OrderFlow.layer({ parkedMillisMax: 60_000 }).pipe(
    Layer.provideMerge(Inventory.layer()),
    Layer.provideMerge(store),
    Layer.provideMerge(layerStage(options))
  )
  const opening = { timeout: options.openingTimeout ?? "60 seconds", excludeTestServices: true }
  vitest.layer(subject, opening)(`${name} keeps the contract of the order flow`, (it) => {
    orderEvents(it)
    unreadableEvents(it)
    earlyEvents(it)
  })
}
