/**
 * The contract of `StockStore` and `StockReads`: one suite of vitest tests that every adapter runs.
 * Pass it and the adapter keeps stock as safely as the in-memory one does. A difference between
 * adapters is an option, never a skip.
 */
import { it as vitest } from "@effect/vitest"
import type * as Layer from "effect/Layer"
import type { StockReads } from "../inventory/ports/StockReads.ts"
import type { StockStore } from "../inventory/ports/StockStore.ts"
import { atomicity } from "./contract/batches/atomicity.ts"
import { gathering } from "./contract/batches/gathering.ts"
import { handover } from "./contract/batches/handover.ts"
import { idempotency } from "./contract/batches/idempotency.ts"
import { races } from "./contract/batches/races.ts"
import { archiving } from "./contract/commands/archiving.ts"
import { catalogue } from "./contract/commands/catalogue.ts"
import { expiry } from "./contract/commands/expiry.ts"
import { largeOrders } from "./contract/commands/largeOrders.ts"
import { ledger } from "./contract/commands/ledger.ts"
import { orders } from "./contract/commands/orders.ts"
import { policy } from "./contract/commands/policy.ts"
import { input } from "./contract/input.ts"
import { history } from "./contract/reads/history.ts"
import { loading } from "./contract/reads/loading.ts"
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
