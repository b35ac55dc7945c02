/**
 * How a batch takes its locks. It takes all of them in key order and waits for each. Or it takes
 * those that nobody else holds, and waits for at most one, before it holds any other. Nothing here
 * retries.
 */
import {
  type BundleId,
  emptyScope,
  type LockedStock,
  type Obstacle,
  type OrderId,
  type ReservationId,
  type SkuId,
  type StockScope
} from "@holdfast/core/inventory"
import type { Query, Row } from "../connection/Query.ts"
import { loadCodes } from "./statements/load/loadCodes.ts"
import { loadSkusOfHolds } from "./statements/lock/loadSkusOfHolds.ts"
import { lockLocations, tryLocations } from "./statements/lock/lockLocations.ts"
import { lockOrders, tryOrders } from "./statements/lock/lockOrders.ts"
import { lockStock, tryStock } from "./statements/lock/lockStock.ts"
import { bucketOf } from "./statements/scope.ts"

const nothing: StockScope = { batchId: "", ...emptyScope }

/** The scope of the obstacle that a batch waits for first. */
const scopeOfObstacle = (obstacle: Obstacle | undefined): StockScope => {
  switch (obstacle?._tag) {
    case "Sku":
      return { ...nothing, skuIds: [obstacle.skuId] }
    case "Order":
      return { ...nothing, lockedOrderIds: [obstacle.orderId] }
    case "Locations":
      return { ...nothing, changesLocations: true }
    default:
      return nothing
  }
}

const hasStock = (scope: StockScope): boolean =>
  scope.skuIds.length > 0 ||
  scope.reservationIds.length > 0 ||
  scope.orderIds.length > 0 ||
  scope.skuCodes.length > 0 ||
  scope.bundleIds.length > 0

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
    skusOfHolds: loadSkusOfHolds(schema),
    codes: loadCodes(schema)
  }

  /** Locks all in key order, and fails at a lock that is not free within `millisMax`. */
  const inOrder = (scope: StockScope, millisMax: number | undefined): ReadonlyArray<Query> => [
    ...(scope.lockedOrderIds.length > 0 ? [lock.orders(scope.lockedOrderIds, millisMax)] : []),
    ...(scope.changesLocations ? [lock.locations(millisMax)] : []),
    lock.stock(scope, millisMax)
  ]

  /** Waits for the obstacle, then locks what is free. The results show what is not. */
  const whatIsFree = (scope: StockScope, waitFor: Obstacle | undefined, millisMax: number) => {
    const first = scopeOfObstacle(waitFor)
    const waited = [
      ...(first.lockedOrderIds.length > 0 ? [lock.orders(first.lockedOrderIds, undefined)] : []),
      ...(first.changesLocations ? [lock.locations(undefined)] : []),
      ...(first.skuIds.length > 0 ? [lock.stock(first, undefined)] : [])
    ]
    const queries = [
      ...waited,
      // An order is locked before its holds are read for their SKUs.
      ...(scope.lockedOrderIds.length > 0 ? [tried.orders(scope.lockedOrderIds)] : []),
      ...(scope.changesLocations ? [tried.locations()] : []),
      ...(hasStock(scope) ? [tried.stock(scope, millisMax), tried.skusOfHolds(scope)] : []),
      ...(scope.skuCodes.length > 0 ? [tried.codes({ codes: scope.skuCodes, codesOf: [] })] : [])
    ]
    const read = (results: ReadonlyArray<ReadonlyArray<Row>>): LockedStock => {
      let place = waited.length
      const next = (isSent: boolean): ReadonlyArray<Row> => (isSent ? (results[place++] ?? []) : [])
      const orders = next(scope.lockedOrderIds.length > 0)
      const [locations] = next(scope.changesLocations)
      const stock = next(hasStock(scope))
      const holds = next(hasStock(scope))
      const codes = next(scope.skuCodes.length > 0)
      const buckets = new Map(
        orders.map((row) => [row["bucket"] as number, row["for_long"] === true])
      )
      const lockedOrders = scope.lockedOrderIds.flatMap((orderId) => {
        const forLong = buckets.get(bucketOf(orderId))
        return forLong === undefined ? [] : [{ orderId, forLong }]
      })
      return toLocked(stock, holds, codes, lockedOrders, Number(locations?.["locked"] ?? 0) > 0)
    }
    return { queries, read }
  }

  return { inOrder, whatIsFree }
}

const toLocked = (
  stock: ReadonlyArray<Row>,
  holds: ReadonlyArray<Row>,
  codes: ReadonlyArray<Row>,
  lockedOrders: ReadonlyArray<{ readonly orderId: OrderId; readonly forLong: boolean }>,
  locations: boolean
): LockedStock => {
  const skuIds = new Set(stock.map((row) => row["sku_id"] as SkuId))
  const reservations = new Map<ReservationId | BundleId, SkuId>()
  const orders = new Map<OrderId, Obstacle>()
  for (const row of holds) {
    const skuId = row["sku_id"] as SkuId
    if (!skuIds.has(skuId)) continue
    if (row["order_id"] === null) reservations.set(row["reservation_id"] as ReservationId, skuId)
    else orders.set(row["order_id"] as OrderId, { _tag: "Sku", skuId })
  }
  const skuCodes = new Map(
    codes.flatMap((row) => {
      const skuId = row["sku_id"] as SkuId
      return skuIds.has(skuId) ? [[row["code"] as string, skuId] as const] : []
    })
  )
  for (const { orderId } of lockedOrders) {
    orders.set(orderId, { _tag: "Order", orderId })
  }
  const skusForLong = new Set(
    stock.flatMap((row) => (row["for_long"] === true ? [row["sku_id"]] : []))
  )
  const ordersForLong = new Set(
    lockedOrders.flatMap(({ forLong, orderId }) => (forLong ? [orderId] : []))
  )
  const isBrief = (obstacle: Obstacle) => {
    if (obstacle._tag === "Sku") return !skusForLong.has(obstacle.skuId)
    return obstacle._tag === "Order" && !ordersForLong.has(obstacle.orderId)
  }
  return { skuIds, skuCodes, reservations, orders, locations, isBrief }
}
