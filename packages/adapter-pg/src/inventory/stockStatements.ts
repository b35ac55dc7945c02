/**
 * What the inventory brings to a transaction: the queries that lock and load the scope of a batch,
 * and those that write its rows. Nothing here waits or retries.
 */
import {
  type LoadedStock,
  type LocationId,
  type LockedStock,
  type Obstacle,
  type OrderId,
  openHoldsMax,
  orderLinesMax,
  payloadText,
  Reservation,
  type Sku,
  type SkuId,
  type StockChanges,
  type StockScope,
  wholeOrderMax
} from "@holdfast/core/inventory"
import * as DateTime from "effect/DateTime"
import type { Query, Row } from "../connection/Query.ts"
import type { BatchStatements } from "../transaction/BatchStatements.ts"
import { toReceipt } from "../transaction/receiptRow.ts"
import { loadReceipts } from "../transaction/statements/loadReceipts.ts"
import { lockingOver } from "./locking.ts"
import { opensRun } from "./opensRun.ts"
import {
  toLevel,
  toLocation,
  toMovement,
  toOwner,
  toPending,
  toPlacedOrder,
  toReservation,
  toSku
} from "./rows.ts"
import { writeCustomers } from "./statements/customers/writeCustomers.ts"
import { loadBooked } from "./statements/load/loadBooked.ts"
import { loadCodes } from "./statements/load/loadCodes.ts"
import { loadLapsed } from "./statements/load/loadLapsed.ts"
import { loadLevels } from "./statements/load/loadLevels.ts"
import { loadLocations } from "./statements/load/loadLocations.ts"
import { loadOpenHolds } from "./statements/load/loadOpenHolds.ts"
import { countLines, loadOrders } from "./statements/load/loadOrders.ts"
import { loadOwners } from "./statements/load/loadOwners.ts"
import { loadPlacedOrders } from "./statements/load/loadPlacedOrders.ts"
import { loadBundles, loadReservations } from "./statements/load/loadReservations.ts"
import { loadReturns } from "./statements/load/loadReturns.ts"
import { claimOrders } from "./statements/write/claimOrders.ts"
import { freeCodes } from "./statements/write/freeCodes.ts"
import { insertLevels } from "./statements/write/insertLevels.ts"
import { insertMovements } from "./statements/write/insertMovements.ts"
import { insertReservations } from "./statements/write/insertReservations.ts"
import { insertSkus } from "./statements/write/insertSkus.ts"
import { updateLevels } from "./statements/write/updateLevels.ts"
import { updateReservations } from "./statements/write/updateReservations.ts"
import { updateSkus } from "./statements/write/updateSkus.ts"
import { writeLocations } from "./statements/write/writeLocations.ts"
import { writePlacedOrders } from "./statements/write/writePlacedOrders.ts"

/** Holds that one transaction expires. */
const lapsedMax = 1_000

/** The statements that load a scope, and how their rows become the book of a batch. */
const loadingOver = (schema: string) => {
  const load = {
    levels: loadLevels(schema),
    locations: loadLocations(schema),
    lapsed: loadLapsed(schema),
    reservations: loadReservations(schema),
    bundles: loadBundles(schema),
    orders: loadOrders(schema),
    orderLines: countLines(schema),
    placedOrders: loadPlacedOrders(schema),
    openHolds: loadOpenHolds(schema),
    receipts: loadReceipts(schema),
    codes: loadCodes(schema),
    booked: loadBooked(schema),
    returns: loadReturns(schema),
    owners: loadOwners(schema)
  }
  return (scope: StockScope, nowMillis: number | null) => {
    const optional = <A>(isWanted: boolean, make: () => A): ReadonlyArray<A> =>
      isWanted ? [make()] : []
    const parts = {
      levels: [load.levels(scope)],
      locations: [load.locations(scope.locationIds, nowMillis)],
      lapsed: [load.lapsed(scope, nowMillis, lapsedMax + 1)],
      reservations: optional(scope.reservationIds.length > 0, () =>
        load.reservations(scope.reservationIds)
      ),
      bundles: optional(scope.bundleIds.length > 0, () => load.bundles(scope.bundleIds)),
      orders: optional(scope.orderIds.length > 0, () =>
        load.orders(scope.orderIds, wholeOrderMax + 1)
      ),
      orderLines: optional(scope.countedOrderIds.length > 0, () =>
        load.orderLines(scope.countedOrderIds, orderLinesMax)
      ),
      placedOrders: optional(scope.placedOrderIds.length > 0, () =>
        load.placedOrders(scope.placedOrderIds)
      ),
      openHolds: optional(scope.openHoldsOf.length + scope.openHoldsOfCodes.length > 0, () =>
        load.openHolds(scope, openHoldsMax)
      ),
      receipts: optional(scope.keys.length > 0, () => load.receipts(scope.keys, nowMillis)),
      booked: optional(scope.onceOnly.length > 0, () => load.booked(scope.onceOnly)),
      returns: optional(scope.returnsOf.length > 0, () => load.returns(scope.returnsOf)),
      owners: optional(scope.ownersOf.length + scope.ownersOfHolds.length > 0, () =>
        load.owners(scope.ownersOf, scope.ownersOfHolds)
      ),
      codes: optional(scope.codes.length > 0 || scope.codesOf.length > 0, () => load.codes(scope))
    }
    const names = Object.keys(parts) as ReadonlyArray<keyof typeof parts>
    const queries = names.flatMap((name) => parts[name])
    const read = (results: ReadonlyArray<ReadonlyArray<Row>>): LoadedStock => {
      let place = 0
      const rowsOf = {} as { [Name in keyof typeof parts]: ReadonlyArray<Row> }
      for (const name of names) {
        rowsOf[name] = parts[name].length === 0 ? [] : (results[place++] ?? [])
      }
      return toLoaded(rowsOf)
    }
    return { queries, read }
  }
}

/** The statements that write the rows of a batch. Parents come before their children. */
const writingOver = (schema: string) => {
  const write = {
    freedCodes: freeCodes(schema),
    skus: insertSkus(schema),
    changedSkus: updateSkus(schema),
    locations: writeLocations(schema),
    levels: insertLevels(schema),
    changedLevels: updateLevels(schema),
    reservations: insertReservations(schema),
    changedReservations: updateReservations(schema),
    placedOrders: writePlacedOrders(schema),
    claims: claimOrders(schema),
    movements: insertMovements(schema),
    customers: writeCustomers(schema)
  }
  return (changes: StockChanges, nowMillis: number): ReadonlyArray<Query> => {
    const some = <A>(
      rows: ReadonlyArray<A>,
      statement: (rows: ReadonlyArray<A>, nowMillis: number) => Query
    ): ReadonlyArray<Query> => (rows.length === 0 ? [] : [statement(rows, nowMillis)])
    return [
      ...(changes.createdSkus.length + changes.updatedSkus.length > 1
        ? some(changes.updatedSkus, write.freedCodes)
        : []),
      ...some(changes.createdSkus, write.skus),
      ...some(changes.updatedSkus, write.changedSkus),
      ...some([...changes.createdLocations, ...changes.updatedLocations], write.locations),
      ...some(changes.createdLevels, write.levels),
      ...some(changes.updatedLevels, write.changedLevels),
      ...some(changes.createdReservations, write.reservations),
      ...some(changes.updatedReservations, write.changedReservations),
      ...some(changes.placedOrders, write.placedOrders),
      ...some(changes.claims, write.claims),
      ...some(changes.movements, write.movements),
      ...some(changes.customers, write.customers)
    ]
  }
}

const isAnyLocked = ({ locations, orders, reservations, skuIds }: LockedStock): boolean =>
  locations || orders.size > 0 || reservations.size > 0 || skuIds.size > 0

/** The statements of the inventory, as a unit of work runs them. */
export const stockStatements = (
  schema: string
): BatchStatements<StockScope, LoadedStock, StockChanges, LockedStock, Obstacle> => {
  const locking = lockingOver(schema)
  return {
    lock: locking.inOrder,
    load: loadingOver(schema),
    write: writingOver(schema),
    opensRun,
    payloadsOf: (events) => (events as StockChanges["events"]).map(payloadText),
    shedding: { lockWhatIsFree: locking.whatIsFree, isAnyLocked }
  }
}

const toLoaded = (rowsOf: {
  readonly levels: ReadonlyArray<Row>
  readonly locations: ReadonlyArray<Row>
  readonly lapsed: ReadonlyArray<Row>
  readonly reservations: ReadonlyArray<Row>
  readonly bundles: ReadonlyArray<Row>
  readonly orders: ReadonlyArray<Row>
  readonly orderLines: ReadonlyArray<Row>
  readonly placedOrders: ReadonlyArray<Row>
  readonly openHolds: ReadonlyArray<Row>
  readonly receipts: ReadonlyArray<Row>
  readonly codes: ReadonlyArray<Row>
  readonly booked: ReadonlyArray<Row>
  readonly returns: ReadonlyArray<Row>
  readonly owners: ReadonlyArray<Row>
}): LoadedStock => {
  const skus = new Map<SkuId, Sku.Sku>()
  const locations = new Map(
    rowsOf.locations.map((row) => [row["location_id"] as LocationId, toLocation(row)])
  )
  let nowMillis = (rowsOf.locations[0]?.["now"] as number | undefined) ?? 0
  const levels = rowsOf.levels.map((row) => {
    const level = toLevel(row)
    if (!skus.has(level.skuId)) skus.set(level.skuId, toSku(row))
    if (!locations.has(level.locationId)) locations.set(level.locationId, toLocation(row))
    nowMillis = Math.max(nowMillis, level.lastUpdated.epochMilliseconds)
    return level
  })
  // Each statement sees what has committed by then. A hold that an unlocked SKU got meanwhile comes
  // after this batch, and is not in its book; nor is one that lapsed after `now` was read.
  const isInBook = (hold: Reservation.Reservation) =>
    skus.has(hold.skuId) || !Reservation.isLine(hold)
  const now = DateTime.makeUnsafe(nowMillis)
  const lapsed = rowsOf.lapsed.map(toPending)
  return {
    now,
    skus: [...skus.values()],
    levels,
    locations: [...locations.values()],
    reservations: [...rowsOf.openHolds, ...rowsOf.reservations, ...rowsOf.bundles, ...rowsOf.orders]
      .map(toReservation)
      .filter(isInBook),
    orderLines: rowsOf.orderLines.map((row) => ({
      orderId: row["order_id"] as OrderId,
      lines: row["lines"] as number
    })),
    placedOrders: rowsOf.placedOrders.map(toPlacedOrder),
    lapsed: lapsed
      .slice(0, lapsedMax)
      .filter((hold) => isInBook(hold) && Reservation.isLapsed(hold, now)),
    lapsedMore: lapsed.length > lapsedMax ? [...skus.keys()] : [],
    receipts: rowsOf.receipts.map(toReceipt),
    booked: rowsOf.booked.map(toMovement),
    returns: rowsOf.returns.map((row) => ({
      orderId: row["order_id"] as OrderId,
      skuId: row["sku_id"] as SkuId,
      fulfilledQuantity: row["fulfilled_quantity"] as number,
      returnedQuantity: row["returned_quantity"] as number
    })),
    owners: rowsOf.owners.map(toOwner),
    codes: rowsOf.codes.map((row) => ({
      code: row["code"] as string,
      skuId: row["sku_id"] as SkuId
    }))
  }
}
