// An engine in one lane, a host beside it whose locks are in its way, and an observer.
import { expireLapsed, Inventory, reconcile } from "@holdfast/core/inventory"
import { scopedDatabase } from "@holdfast/test-servers"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { connectedTo, type EngineOptions, engineAt } from "../engines.ts"

/** An engine in one lane over SKUs of ten units each, a host beside it, and an observer. */
export const world = Effect.fnUntraced(function* (
  skuIds: ReadonlyArray<string>,
  options: EngineOptions = {}
) {
  const url = yield* scopedDatabase()
  const scope = yield* Scope.make()
  const context = yield* Layer.buildWithScope(
    engineAt(url, { storage: { lanes: 1 }, ...options }),
    scope
  )
  yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
  const inventory = yield* Effect.provide(Inventory, context)
  yield* Effect.forEach(
    skuIds,
    (skuId) => inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock: 10 }),
    { concurrency: "unbounded", discard: true }
  )
  const reserve = (orderId: string, ...wanted: ReadonlyArray<string>) =>
    inventory.reserve({ orderId, lines: wanted.map((skuId) => ({ skuId, quantity: 1 })) })
  const openHost = Effect.map(connectedTo(url), (sql) => ({
    locks: (skuId: string) =>
      Effect.andThen(
        sql("begin"),
        sql("select 1 from inventory.inventory where sku_id = $1 for update", [skuId])
      ),
    sql,
    letsGo: sql("rollback")
  }))
  return {
    url,
    inventory,
    reserve,
    openHost,
    host: yield* openHost,
    look: yield* connectedTo(url),
    close: Scope.close(scope, Exit.void),
    swept: Effect.provide(expireLapsed, context),
    reconciled: Effect.provide(reconcile(), context)
  }
})

export const hasEnded = <A, E>(fiber: Fiber.Fiber<A, E>) => fiber.pollUnsafe() !== undefined

export const reservedOf = (world: {
  readonly look: Effect.Success<ReturnType<typeof connectedTo>>
}) =>
  Effect.map(
    world.look("select coalesce(sum(reserved_quantity), 0)::int4 as sum from inventory.inventory"),
    ([row]) => row?.["sum"]
  )
