/**
 * Both contexts in memory, joined, with a REST API that believes a header about who asks. What is
 * prepared here is prepared by the host, whom nobody asks.
 */

import type { Principal } from "@holdfast/core/access"
import type { AuditLog } from "@holdfast/core/audit"
import {
  Catalog,
  CatalogLog,
  CatalogQueries,
  CatalogReads,
  MemoryCatalog,
  StockStatus
} from "@holdfast/core/catalog"
import { callerUnder, RequestCaller } from "@holdfast/core/engine"
import { ImportDesk, type ImportJob } from "@holdfast/core/exchange"
import {
  Inventory,
  InventoryLog,
  InventoryQueries,
  MemoryInventory,
  OptionMappings,
  StockReads
} from "@holdfast/core/inventory"
import { KeyRing } from "@holdfast/core/secrets"
import { layerOptionMappings, layerStockStatus } from "@holdfast/core/shelf"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import {
  type Authenticator,
  type MountOptions,
  Unauthenticated,
  webHandler
} from "../../src/index.ts"
import { deafSender } from "../webhooks/deafSender.ts"
import { askerHeader } from "./askers.ts"

const ring = KeyRing.layer({
  current: "a",
  keys: new Map([["a", Redacted.make(new Uint8Array(32).fill(7))]])
})

const stores = Layer.merge(MemoryInventory.layer, MemoryCatalog.layer)
const ports = Layer.provideMerge(Layer.merge(layerStockStatus(), layerOptionMappings), stores)
const engine = Layer.provideMerge(
  Layer.mergeAll(
    Layer.provide(Inventory.layer(), ring),
    Catalog.layer(),
    InventoryQueries.layer,
    CatalogQueries.layer
  ),
  ports
)

/** The imports that there are: one of each kind, by the end of its id. */
const importId = (kind: ImportJob["kind"]): string =>
  `00000000-0000-4000-8000-00000000000${["skus", "stock", "categories", "products"].indexOf(kind)}`

const jobOf = (kind: ImportJob["kind"]): ImportJob => ({
  ...{
    importId: importId(kind),
    kind,
    fingerprint: kind,
    source: kind,
    status: "FINISHED",
    run: 1
  },
  ...{ records: 0, created: 0, updated: 0, unchanged: 0, failed: 0, bytesDone: 0, bytesTotal: 0 },
  ...{ problem: null, createdAt: DateTime.makeUnsafe(0), updatedAt: DateTime.makeUnsafe(0) }
})

const kinds = ["skus", "stock", "categories", "products"] as const

/** In whose name each file was taken. */
export const takenBy: Array<Principal | undefined> = []

const desk = ImportDesk.of({
  accept: ({ kind }) =>
    Effect.withFiber((fiber) => {
      takenBy.push(fiber.getRef(RequestCaller).principal)
      return Effect.succeed(jobOf(kind))
    }),
  get: (id) => Effect.succeed(kinds.map(jobOf).find((job) => job.importId === id)),
  problems: () => Stream.empty
})

type Service = Readonly<
  Record<
    string,
    (input: never, options?: never) => Effect.Effect<unknown, { readonly _tag: string }>
  >
>

/** What a world holds. */
export interface World {
  readonly inventory: Inventory["Service"]
  readonly catalog: Catalog["Service"]
  /** The method of an operation, whose ever it is. */
  readonly method: (context: "inventory" | "catalog", name: string) => Service[string]
  readonly fetch: (request: Request) => Promise<Response>
  /** The audit logs of both. */
  readonly audits: ReadonlyArray<AuditLog>
  readonly close: () => Promise<void>
}

const nobody: Authenticator = () =>
  Effect.fail(new Unauthenticated({ reason: "nobody asks", challenge: 'Bearer realm="test"' }))

/** Opens a world. `otherwise` finds out who sends a request without the header of the tests. */
export const openWorld = async (
  otherwise: Authenticator = nobody,
  options: MountOptions = {}
): Promise<World> => {
  const scope = Scope.makeUnsafe()
  const context = await Effect.runPromise(Layer.buildWithScope(engine, scope))
  const served = Context.pick(
    Inventory,
    StockReads,
    InventoryLog,
    OptionMappings,
    Catalog,
    CatalogReads,
    CatalogLog,
    StockStatus
  )(context)
  const { dispose, handler } = webHandler(
    Layer.succeedContext(Context.add(served, ImportDesk, desk)),
    {
      webhooks: { sender: deafSender },
      guests: true,
      authenticate: (request) => {
        const asker = request.headers[askerHeader]
        return asker === undefined
          ? otherwise(request)
          : Effect.succeed(JSON.parse(asker) as Principal)
      },
      ...options
    }
  )
  const inventory = Context.get(context, Inventory)
  const catalog = Context.get(context, Catalog)
  const services = {
    inventory: { ...Context.get(context, InventoryQueries), ...inventory },
    catalog: { ...Context.get(context, CatalogQueries), ...catalog }
  } as unknown as { readonly [name in "inventory" | "catalog"]: Service }
  return {
    inventory,
    catalog,
    method: (of, name) => services[of][name] as Service[string],
    fetch: handler,
    audits: [Context.get(context, InventoryLog).audit, Context.get(context, CatalogLog).audit],
    close: async () => {
      await dispose()
      await Effect.runPromise(Scope.close(scope, Exit.void))
    }
  }
}

/** Does work as somebody. */
export const asking = (principal: Principal) =>
  Effect.provideService(RequestCaller, callerUnder(principal))
