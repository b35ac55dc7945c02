/** What a permission costs in statements: one of each kind for a person, and none for the others. */
import { emptyScope, OrderId, SkuId, type StockScope } from "@holdfast/core/inventory"
import { expect, it } from "vitest"
import { stockStatements } from "../../src/inventory/stockStatements.ts"

const { load, lock } = stockStatements("inventory")

const reserving: StockScope = { batchId: "batch", ...emptyScope, skuIds: [SkuId.make("mug")] }
const orderId = OrderId.make("order-1")

it("S9 loads and locks one thing more for a person who reserves, and nothing for others", () => {
  const count = (scope: StockScope) => ({
    locks: lock(scope, undefined).length,
    loads: load(scope, null).queries.length
  })
  expect(count(reserving)).toEqual({ locks: 1, loads: 3 })
  const ofPerson = { ...reserving, lockedOrderIds: [orderId], ownersOf: [orderId] }
  expect(count(ofPerson)).toEqual({ locks: 2, loads: 4 })
})
