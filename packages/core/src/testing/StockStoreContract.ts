/**
 * The contract of `StockStore` and `StockReads`: one suite of vitest tests that every adapter runs.
 * Pass it and the adapter keeps stock as safely as the in-memory one does. A difference between
 * adapters is an option, never a skip.
 */
import { it as vitest } from "@effect/vitest"
import type * as Layer from "effect/Layer"
import type { StockReads } from "../inventory/StockReads.ts"
import type { StockStore } from "../inventory/StockStore.ts"
import { archiving } from "./contract/archiving.ts"
import { atomicity } from "./contract/atomicity.ts"
import { catalogue } from "./contract/catalogue.ts"
import { expiry } from "./contract/expiry.ts"
import { gathering } from "./contract/gathering.ts"
import { handover } from "./contract/handover.ts"
import { history } from "./contract/history.ts"
import { idempotency } from "./contract/idempotency.ts"
import { input } from "./contract/input.ts"
import { largeOrders } from "./contract/largeOrders.ts"
import { ledger } from "./contract/ledger.ts"
import { loading } from "./contract/loading.ts"
import { orders } from "./contract/orders.ts"
import { policy } from "./contract/policy.ts"
import { races } from "./contract/races.ts"
import { type ContractClock, type ContractOptions, layerOnStage } from "./contract/Stage.ts"

export type { ContractClock, ContractOptions } from "./contract/Stage.ts"

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
    races(it)
    atomicity(it)
    idempotency(it)
    expiry(it)
    orders(it)
    largeOrders(it)
    ledger(it)
    input(it)
    catalogue(it)
    policy(it)
    archiving(it)
    history(it)
    loading(it)
    gathering(it)
    handover(it)
  })
}
