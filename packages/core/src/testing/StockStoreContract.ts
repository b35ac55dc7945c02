/**
 * The contract of `StockStore` and `StockReads`: one suite of vitest tests that every adapter runs.
 * Pass it and the adapter keeps stock as safely as the in-memory one does. A difference between
 * adapters is an option, never a skip.
 */
import { it as vitest } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { StockReads } from "../inventory/ports/StockReads.ts"
import type { StockStore } from "../inventory/ports/StockStore.ts"
import { Inventory } from "../inventory/services/Inventory.ts"
import { atomicity } from "./contract/batches/atomicity.ts"
import { gathering } from "./contract/batches/gathering.ts"
import { handover } from "./contract/batches/handover.ts"
import { idempotency } from "./contract/batches/idempotency.ts"
import { races } from "./contract/batches/races.ts"
import { archiving } from "./contract/commands/archiving.ts"
import { bulk } from "./contract/commands/bulk.ts"
import { bundles } from "./contract/commands/bundles.ts"
import { expiry } from "./contract/commands/expiry.ts"
import { largeOrders } from "./contract/commands/largeOrders.ts"
import { ledger } from "./contract/commands/ledger.ts"
import { optionLines } from "./contract/commands/optionLines.ts"
import { orders } from "./contract/commands/orders.ts"
import { placedOrders } from "./contract/commands/placedOrders.ts"
import { policy } from "./contract/commands/policy.ts"
import { references } from "./contract/commands/references.ts"
import { skusAndLocations } from "./contract/commands/skusAndLocations.ts"
import { heldToTable } from "./contract/heldToTable.ts"
import { input } from "./contract/input.ts"
import { customers } from "./contract/people/customers.ts"
import { guests } from "./contract/people/guests.ts"
import { owners } from "./contract/people/owners.ts"
import { history } from "./contract/reads/history.ts"
import { loading } from "./contract/reads/loading.ts"
import {
  type ContractClock,
  type ContractOptions,
  layerStage,
  type OnStage,
  Stage
} from "./contract/Stage.ts"
import { layerStockSubject } from "./contract/stockSubject.ts"
import { engineTests } from "./engine/engineTests.ts"

export type { ContractClock, ContractOptions } from "./contract/Stage.ts"

/** The store under test, an engine over it, and the stage. */
const layerOnStage = <E>(
  layer: (clock: ContractClock) => Layer.Layer<StockStore | StockReads, E>,
  options: ContractOptions
): Layer.Layer<OnStage, E> => {
  const store = Layer.unwrap(Effect.map(Stage, ({ clock, now }) => layer({ clock, now })))
  const engine = Layer.effect(Inventory, Effect.map(Inventory, heldToTable))
  return layerStockSubject.pipe(
    Layer.provideMerge(Layer.provide(engine, Inventory.layer())),
    Layer.provideMerge(store),
    Layer.provideMerge(layerStage(options))
  )
}

/**
 * Declares the suite. `layer` opens an empty store whose decisions and reads go by the time that it
 * is given, so that expiry is tested without a wait; it is opened once and shared by the tests.
 */
export const stockStoreContract = <E>(
  name: string,
  layer: (clock: ContractClock) => Layer.Layer<StockStore | StockReads, E>,
  options: ContractOptions = {}
): void => {
  const opening = { timeout: options.openingTimeout ?? "60 seconds", excludeTestServices: true }
  vitest.layer(layerOnStage(layer, options), opening)(`${name} keeps the contract`, (it) => {
    engineTests(it)
    races(it)
    atomicity(it)
    idempotency(it)
    expiry(it)
    orders(it)
    largeOrders(it)
    placedOrders(it)
    owners(it)
    customers(it)
    guests(it)
    optionLines(it)
    bundles(it)
    ledger(it)
    bulk(it)
    references(it)
    input(it)
    skusAndLocations(it)
    policy(it)
    archiving(it)
    history(it)
    loading(it)
    gathering(it)
    handover(it)
  })
}
