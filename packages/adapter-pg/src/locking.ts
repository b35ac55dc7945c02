/**
 * How a batch takes its locks: in key order, waiting for each; or as far as nobody else holds them,
 * waiting at most for one of them, before it holds any other. Nothing here waits or retries.
 */
import type { LockedStock, Obstacle, StockScope } from "@holdfast/core/effect"
import type { Query, Row } from "./Query.ts"
import { loadSkusOfHolds } from "./statements/loadSkusOfHolds.ts"
import { lockLocations, tryLocations } from "./statements/lockLocations.ts"
import { lockOrders, tryOrders } from "./statements/lockOrders.ts"
import { lockStock, tryStock } from "./statements/lockStock.ts"

const nothing: StockScope = {
  batchId: "",
  skuIds: [],
  reservationIds: [],
  orderIds: [],
  locationIds: [],
  changesLocations: false,
  codes: [],
  openHoldsOf: [],
  keys: []
}

/** The scope of what a batch waits for before anything else. */
const scopeOfObstacle = (obstacle: Obstacle | undefined): StockScope => {
  switch (obstacle?._tag) {
    case "Sku":
      return { ...nothing, skuIds: [obstacle.skuId] }
    case "Order":
      return { ...nothing, orderIds: [obstacle.orderId] }
    case "Locations":
      return { ...nothing, changesLocations: true }
    default:
      return nothing
  }
}

const hasStock = (scope: StockScope): boolean =>
  scope.skuIds.length > 0 || scope.reservationIds.length > 0 || scope.orderIds.length > 0

/** The statements that lock, over the tables of one schema. */
export const lockingOver = (schema: string) => {
  const lock = {
    orders: lockOrders(schema),
    locations: lockLocations(schema),
    stock: lockStock(schema)
  }
  const tried = {
    orders: tryOrders(schema),
    locations: tryLocations(schema),
    stock: tryStock(schema),
    skusOfHolds: loadSkusOfHolds(schema)
  }

  /** Locks all in key order; `isShort` gives up on a lock that is not free within 60 ms. */
  const inOrder = (scope: StockScope, isShort: boolean): ReadonlyArray<Query> => [
    ...(scope.orderIds.length > 0 ? [lock.orders(scope.orderIds, isShort)] : []),
    ...(scope.changesLocations ? [lock.locations(isShort)] : []),
    lock.stock(scope, isShort)
  ]

  /** Waits for the obstacle, then locks what is free; what comes back says what is not. */
  const whatIsFree = (scope: StockScope, waitFor: Obstacle | undefined) => {
    const first = scopeOfObstacle(waitFor)
    const waited = [
      ...(first.orderIds.length > 0 ? [lock.orders(first.orderIds, false)] : []),
      ...(first.changesLocations ? [lock.locations(false)] : []),
      ...(first.skuIds.length > 0 ? [lock.stock(first, false)] : [])
    ]
    const queries = [
      ...waited,
      // An order is locked before it is asked on which SKUs its holds are.
      ...(scope.orderIds.length > 0 ? [tried.orders(scope.orderIds)] : []),
      ...(scope.changesLocations ? [tried.locations()] : []),
      ...(hasStock(scope) ? [tried.stock(scope), tried.skusOfHolds(scope)] : [])
    ]
    const read = (results: ReadonlyArray<ReadonlyArray<Row>>): LockedStock => {
      let place = waited.length
      const next = (isSent: boolean): ReadonlyArray<Row> => (isSent ? (results[place++] ?? []) : [])
      const orders = next(scope.orderIds.length > 0)
      const [locations] = next(scope.changesLocations)
      const stock = next(hasStock(scope))
      const holds = next(hasStock(scope))
      return toLocked(stock, holds, orders, Number(locations?.["locked"] ?? 0) > 0)
    }
    return { queries, read }
  }

  return { inOrder, whatIsFree }
}

const toLocked = (
  stock: ReadonlyArray<Row>,
  holds: ReadonlyArray<Row>,
  lockedOrders: ReadonlyArray<Row>,
  locations: boolean
): LockedStock => {
  const skuIds = new Set(stock.map((row) => row["sku_id"] as string))
  const reservations = new Map<string, string>()
  const orders = new Map<string, Obstacle>()
  for (const row of holds) {
    const skuId = row["sku_id"] as string
    if (!skuIds.has(skuId)) continue
    if (row["order_id"] === null) reservations.set(row["reservation_id"] as string, skuId)
    else orders.set(row["order_id"] as string, { _tag: "Sku", skuId })
  }
  for (const row of lockedOrders) {
    const orderId = row["order_id"] as string
    orders.set(orderId, { _tag: "Order", orderId })
  }
  return { skuIds, reservations, orders, locations }
}
