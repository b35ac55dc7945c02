/**
 * The catalog inside a host's own transaction, for a host that knows no Effect. Nothing is opened and
 * nothing has to be closed: the connection is the host's.
 */
import type { CatalogCommands } from "@holdfast/core"
import { Catalog, CatalogStore, catalogCommandsToPromises } from "@holdfast/core/catalog"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { catalogStatements } from "../catalog/catalogStatements.ts"
import { catalogSchemaDefault } from "../catalog/catalogTables.ts"
import type { HostTransaction, WithinTransactionOptions } from "../transaction/HostTransaction.ts"
import { hostUnitOfWork } from "../transaction/hostUnitOfWork.ts"
import { checkedOptions } from "./withinOptions.ts"

/**
 * The commands of the catalog inside a transaction that the host has begun, as READ COMMITTED: the host
 * makes one call of one of them, and commits it or rolls it back. The terms are those of
 * `withinTransaction`; `schema` is `catalog` unless given.
 *
 * No inventory is asked meanwhile, since nothing may wait for another connection here: mappings may
 * name any SKU, and open holds do not keep a product from being deleted.
 */
export const catalogWithinTransaction = (
  transaction: HostTransaction,
  options: WithinTransactionOptions = {}
): CatalogCommands => {
  const { caller, keyRing, schema } = checkedOptions(transaction, options, catalogSchemaDefault)
  // Made for each call: what it notes of a transaction is not true of the next one.
  const store = Layer.sync(CatalogStore, () =>
    CatalogStore.of(hostUnitOfWork(transaction, schema, catalogStatements(schema)))
  )
  const layer = Catalog.layerAlone({ audit: options.audit }).pipe(
    Layer.provide(Layer.merge(store, keyRing))
  )
  return catalogCommandsToPromises(
    Effect.scoped(Effect.map(Layer.build(layer), (context) => Context.get(context, Catalog))),
    caller
  )
}
