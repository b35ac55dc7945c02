/** Both contexts in memory, joined, behind a gRPC server that believes a header about who asks. */
import type { Principal } from "@holdfast/core/access"
import { Catalog, CatalogLog, CatalogQueries, MemoryCatalog } from "@holdfast/core/catalog"
import {
  Inventory,
  InventoryLog,
  InventoryQueries,
  MemoryInventory
} from "@holdfast/core/inventory"
import { layerOptionMappings, layerStockStatus } from "@holdfast/core/shelf"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import type { World } from "../../../http/test/access/world.ts"
import { GrpcAddress, type GrpcOptions, layerGrpcServer } from "../../src/index.ts"
import { TestClient } from "../calling.ts"

const stores = Layer.merge(MemoryInventory.layer, MemoryCatalog.layer)
const ports = Layer.provideMerge(Layer.merge(layerStockStatus(), layerOptionMappings), stores)
const engine = Layer.provideMerge(
  Layer.mergeAll(Inventory.layer(), Catalog.layer(), InventoryQueries.layer, CatalogQueries.layer),
  ports
)

/** The header by which the tests say who asks. */
const askerHeader = "x-asker"

/** The headers of somebody. */
export const asker = (principal: Principal) => ({ [askerHeader]: JSON.stringify(principal) })

/** Believes the header; without it nobody vouches. */
export const believing: NonNullable<GrpcOptions["authenticate"]> = ({ headers }) => {
  const found = headers[askerHeader]
  return found === undefined
    ? Effect.fail({ reason: "nobody asks" })
    : Effect.succeed(JSON.parse(found) as Principal)
}

/** Counts the pages of events that are read. */
const countingPages = (counts: { pages: number }) =>
  Layer.effect(
    InventoryQueries,
    Effect.map(InventoryQueries, (queries) => ({
      ...queries,
      events: (query: Parameters<typeof queries.events>[0]) => {
        counts.pages += 1
        return queries.events(query)
      }
    }))
  )

/** A server of both contexts, a client of it, and what is behind. */
export const openGrpcWorld = async (options: GrpcOptions = {}) => {
  const scope = Scope.makeUnsafe()
  const counts = { pages: 0 }
  const served = layerGrpcServer({ port: 0, ...options }).pipe(
    Layer.provide(countingPages(counts)),
    Layer.provideMerge(engine)
  )
  const context = await Effect.runPromise(Layer.buildWithScope(served, scope))
  const { host, port } = Context.get(context, GrpcAddress)
  const address = `${host}:${port}`
  const client = new TestClient(address)
  const [inventory, catalog] = [Context.get(context, Inventory), Context.get(context, Catalog)]
  const logs = [Context.get(context, InventoryLog), Context.get(context, CatalogLog)] as const
  const stop = () => Effect.runPromise(Scope.close(scope, Exit.void))
  return {
    ...{ address, client, context, inventory, catalog, logs, stop, counts },
    audits: logs.map(({ audit }) => audit),
    close: async () => {
      client.close()
      await stop()
    }
  }
}

/** A world. */
export type GrpcWorld = Awaited<ReturnType<typeof openGrpcWorld>>

/** A world as the inputs of the matrix take it. */
export const asWorld = (world: GrpcWorld): World => world as unknown as World
