/**
 * `StockReads` on PostgreSQL and PGlite. Every read is one statement, so it is of one instant, and
 * none holds a connection longer than a page.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import {
  type BundleId,
  Location,
  type LocationId,
  type OptionId,
  type OrderId,
  type PlacedOrderView,
  type ReadLevel,
  type ReadStock,
  type ReconciledLevel,
  Reservation,
  type Sku,
  type SkuId,
  type StockMovement,
  type StockReads,
  type StoreError,
  wholeOrderMax
} from "@holdfast/core/inventory"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Semaphore from "effect/Semaphore"
import { makePing } from "../connection/ping.ts"
import type { Query, Row } from "../connection/Query.ts"
import { runQueries, silenceMillisOf } from "../connection/Session.ts"
import { orStoreError, toStoreError } from "../connection/SqlFailure.ts"
import { toChecks } from "../figures/PgStockFigures.ts"
import { type BehindQuery, runReads } from "../replicas/readRun.ts"
import { seenOf } from "../replicas/seenOf.ts"
import {
  toLevel,
  toLocation,
  toMovement,
  toOwner,
  toPlacedOrder,
  toReservation,
  toSku
} from "./rows.ts"
import { readMostMissed } from "./statements/figures/missedSkus.ts"
import { readChecks, readShipped } from "./statements/figures/stockChecks.ts"
import { countStockBehind } from "./statements/read/countBehind.ts"
import { readBrokenBundles } from "./statements/read/readBrokenBundles.ts"
import { readHeldOptions } from "./statements/read/readHeldOptions.ts"
import { readHoldsOfSku } from "./statements/read/readHoldsOfSku.ts"
import { readLocations } from "./statements/read/readLocations.ts"
import { readBookings, readMovements, readStockAsOf } from "./statements/read/readMovements.ts"
import { readOwners } from "./statements/read/readOwners.ts"
import { readHoldPages, readMovementPages } from "./statements/read/readPages.ts"
import { readReconciled } from "./statements/read/readReconciled.ts"
import {
  readLapsed,
  readLines,
  readOrderPages,
  readPlacedOrders,
  readReservations
} from "./statements/read/readReservations.ts"
import { readSku, readSkuByCode, readSkus, readSkusByCodes } from "./statements/read/readSkus.ts"
import { readStock } from "./statements/read/readStock.ts"
import { eventLogOver } from "./stockEventLog.ts"

/** How reads behave. */
export interface PgStockReadsOptions {
  readonly schema: string
  /** How long a batch may be tried, in milliseconds: a read waits a little longer at most. */
  readonly deadlineMillis?: number | undefined
  readonly now?: Effect.Effect<DateTime.Utc> | undefined
  /** Seats that limit how many connections reads take, so that each lane finds one. */
  readonly seats?: Semaphore.Semaphore | undefined
}

/** A hold as read: one that has lapsed is expired, whether or not its row says so yet. */
const asRead = (row: Row): Reservation.Reservation =>
  Reservation.asRead(toReservation(row), DateTime.makeUnsafe(row["now"] as number))

const stockOf = (rows: ReadonlyArray<Row>): ReadonlyArray<ReadStock> => {
  const stock = new Map<
    SkuId,
    {
      readonly sku: Sku.Sku
      readonly levels: Array<ReadLevel>
      readonly lapsesInMillis: number | null
    }
  >()
  for (const row of rows) {
    const level = readLevel(row)
    const known = stock.get(level.level.skuId)
    const lapsesInMillis = row["lapses_in"] as number | null
    if (known !== undefined) known.levels.push(level)
    else stock.set(level.level.skuId, { sku: toSku(row), levels: [level], lapsesInMillis })
  }
  return [...stock.values()]
}

const readLevel = (row: Row): ReadLevel => ({
  level: toLevel(row),
  isPromising: Location.isPromising(toLocation(row)),
  lapsedQuantity: row["lapsed_quantity"] as number
})

const placedOrdersOf = (rows: ReadonlyArray<Row>): ReadonlyArray<PlacedOrderView> =>
  [...Map.groupBy(rows, (row) => row["placed_id"]).values()].flatMap((ofOrder) => {
    const [order] = ofOrder.map(toPlacedOrder)
    const holds = ofOrder.filter((row) => row["id"] !== null)
    return order === undefined ? [] : [{ ...order, reservations: holds.map(asRead) }]
  })

const reconciledOf = (row: Row): ReconciledLevel => ({
  skuId: row["sku_id"] as SkuId,
  locationId: row["location_id"] as LocationId,
  totalQuantity: row["total_quantity"] as number,
  ledgerQuantity: row["ledger_quantity"] as number,
  reservedQuantity: row["reserved_quantity"] as number,
  heldQuantity: row["held_quantity"] as number
})

const toMovements = (rows: ReadonlyArray<Row>): ReadonlyArray<StockMovement.StockMovement> =>
  rows.map(toMovement)

/** Rows that say of which page they are, as that many pages. */
const pagesOf = <A>(
  count: number,
  rows: ReadonlyArray<Row>,
  read: (row: Row) => A
): ReadonlyArray<ReadonlyArray<A>> => {
  const pages = Array.from({ length: count }, (): Array<A> => [])
  for (const row of rows) pages[(row["page"] as number) - 1]?.push(read(row))
  return pages
}

/** The statements of the reads. */
const statementsOver = (schema: string) => ({
  sku: readSku(schema),
  skuByCode: readSkuByCode(schema),
  skusByCodes: readSkusByCodes(schema),
  skus: readSkus(schema),
  stock: readStock(schema),
  reservations: readReservations(schema),
  orderPages: readOrderPages(schema),
  placedOrders: readPlacedOrders(schema),
  lines: readLines(schema),
  lapsed: readLapsed(schema),
  owners: readOwners(schema),
  holdsOfSku: readHoldsOfSku(schema),
  heldOptions: readHeldOptions(schema),
  brokenBundles: readBrokenBundles(schema),
  movements: readMovements(schema),
  movementPages: readMovementPages(schema),
  holdPages: readHoldPages(schema),
  bookings: readBookings(schema),
  asOf: readStockAsOf(schema),
  locations: readLocations(schema),
  reconciled: readReconciled(schema),
  mostMissed: readMostMissed(schema),
  shipped: readShipped(schema),
  checks: readChecks(schema)
})

/** Asks whether a replica has the SKUs and locations that a reader has seen. */
const stockBehind = (schema: string): BehindQuery => {
  const count = countStockBehind(schema)
  return (versions) => {
    const [skus, locations] = [seenOf("sku", versions), seenOf("location", versions)]
    return skus.ids.length + locations.ids.length === 0 ? undefined : count(skus, locations)
  }
}

type Rows = Effect.Effect<ReadonlyArray<Row>, StoreError>

/** Pages of lists of many SKUs, read together. */
const pagedReads = (
  statements: ReturnType<typeof statementsOver>,
  rowsOf: (one: Query) => Rows,
  rowsNow: (make: (nowMillis: number | null) => Query) => Rows
): Pick<StockReads["Service"], "holdPages" | "movementPages"> => ({
  holdPages: (pages) =>
    Effect.map(
      rowsNow((now) => statements.holdPages(pages, now)),
      (rows) => pagesOf(pages.length, rows, toReservation)
    ),
  movementPages: (pages) =>
    Effect.map(rowsOf(statements.movementPages(pages)), (rows) =>
      pagesOf(pages.length, rows, toMovement)
    )
})

/** Orders and their holds. */
const orderReads = (
  statements: ReturnType<typeof statementsOver>,
  rowsNow: (make: (nowMillis: number | null) => Query) => Rows
): Pick<
  StockReads["Service"],
  "reservations" | "reservationsOfOrder" | "orderPages" | "linesOfOrder" | "placedOrders"
> => {
  const orderPages: StockReads["Service"]["orderPages"] = (pages) =>
    Effect.map(
      rowsNow((now) => statements.orderPages(pages, now)),
      (rows) => pagesOf(pages.length, rows, asRead)
    )
  return {
    reservations: (ids) =>
      Effect.map(
        rowsNow((now) => statements.reservations(ids, now)),
        (rows) => rows.map(asRead)
      ),
    orderPages,
    reservationsOfOrder: (orderId, page = { after: null, limit: 1_000 }) =>
      Effect.map(orderPages([{ orderId, ...page }]), ([only = []]) => only),
    placedOrders: (orderIds) =>
      Effect.map(
        rowsNow((now) => statements.placedOrders(orderIds, wholeOrderMax, now)),
        placedOrdersOf
      ),
    linesOfOrder: (orderId) =>
      Effect.map(
        rowsNow((now) => statements.lines(orderId, wholeOrderMax + 1, now)),
        (rows) => rows.map(asRead)
      )
  }
}

/** Figures about stock. */
const figureReads = (
  statements: ReturnType<typeof statementsOver>,
  rowsOf: (one: Query) => Rows
): Pick<StockReads["Service"], "mostMissed" | "shipped" | "checks"> => ({
  mostMissed: (ranked) =>
    Effect.map(rowsOf(statements.mostMissed(ranked)), (rows) =>
      rows.map((row) => ({
        skuId: row["sku_id"] as SkuId,
        shortages: row["shortages"] as number,
        units: row["units"] as number
      }))
    ),
  shipped: (skuIds, days) =>
    Effect.map(rowsOf(statements.shipped(skuIds, days)), (rows) =>
      rows.map((row) => ({ skuId: row["sku_id"] as SkuId, units: row["units"] as number }))
    ),
  checks: Effect.suspend(() => Effect.map(rowsOf(statements.checks()), ([row]) => toChecks(row)))
})

const first =
  <A>(read: (row: Row) => A) =>
  (rows: ReadonlyArray<Row>): A | undefined =>
    rows[0] === undefined ? undefined : read(rows[0])

/** Makes the reads over a pool. */
export const makePgStockReads = Effect.fnUntraced(function* (
  options: PgStockReadsOptions
): Effect.fn.Return<StockReads["Service"], never, PgPool.PgPool> {
  const { schema } = options
  const pool = yield* PgPool.PgPool
  const { seats } = options
  const lending = { silenceMillisMax: silenceMillisOf(options.deadlineMillis), seats }
  const run = runReads(pool, lending, stockBehind(schema))
  const nowMillis =
    options.now === undefined
      ? Effect.succeed(null)
      : Effect.map(options.now, (now) => now.epochMilliseconds)
  const rowsOf = (one: Query) =>
    Effect.mapBoth(run([one]), {
      onSuccess: ([rows = []]) => rows,
      onFailure: toStoreError
    })
  const rowsNow = (make: (nowMillis: number | null) => Query) =>
    Effect.flatMap(nowMillis, (now) => rowsOf(make(now)))
  const statements = statementsOver(schema)
  // The log of a replica ends at the first position that is still open there.
  const readLog = eventLogOver(schema, runQueries(pool, lending))

  const reads: StockReads["Service"] = {
    sku: (skuId) => Effect.map(rowsOf(statements.sku(skuId)), first(toSku)),
    skuByCode: (code) => Effect.map(rowsOf(statements.skuByCode(code)), first(toSku)),
    skusByCodes: (codes) =>
      Effect.map(rowsOf(statements.skusByCodes(codes)), (rows) => rows.map(toSku)),
    skus: (after, limit) =>
      Effect.map(rowsOf(statements.skus(after, limit)), (rows) => rows.map(toSku)),
    stock: (skuIds) =>
      Effect.map(
        rowsNow((now) => statements.stock(skuIds, now)),
        stockOf
      ),
    ...orderReads(statements, rowsNow),
    ownersOf: (orderIds) =>
      Effect.map(rowsOf(statements.owners(orderIds)), (rows) => rows.map(toOwner)),
    reservationsOfSku: (page) =>
      Effect.map(
        rowsNow((now) => statements.holdsOfSku(page, now)),
        (rows) => rows.map(toReservation)
      ),
    heldOptions: (optionIds) =>
      Effect.map(
        rowsNow((now) => statements.heldOptions(optionIds, now)),
        (rows) => rows.map((row) => row["option_id"] as OptionId)
      ),
    brokenBundles: (limit, withinMillis) =>
      Effect.map(
        rowsNow((now) => statements.brokenBundles(limit, withinMillis, now)),
        (rows) =>
          rows.map((row) => ({
            orderId: row["order_id"] as OrderId,
            bundleId: row["bundle_id"] as BundleId
          }))
      ),
    ...pagedReads(statements, rowsOf, rowsNow),
    movements: (page) => Effect.map(rowsOf(statements.movements(page)), toMovements),
    movementsOfReference: (page) => Effect.map(rowsOf(statements.bookings(page)), toMovements),
    stockAsOf: (skuId, at) =>
      Effect.map(rowsOf(statements.asOf(skuId, at.epochMilliseconds)), (rows) => {
        const horizons = rows.flatMap((row) => (row["horizon"] as number | null) ?? [])
        return {
          levels: rows.map((row) => ({
            locationId: row["location_id"] as LocationId,
            totalQuantity: row["total_quantity"] as number
          })),
          horizon: horizons.length === 0 ? null : DateTime.makeUnsafe(Math.max(...horizons))
        }
      }),
    locations: Effect.suspend(() =>
      Effect.map(rowsOf(statements.locations()), (rows) => rows.map(toLocation))
    ),
    events: (after, limit, filter) => Effect.mapError(readLog(after, limit, filter), orStoreError),
    lapsed: (limit, exceptSkuIds = []) =>
      Effect.map(
        rowsNow((now) => statements.lapsed(now, limit, exceptSkuIds)),
        (rows) => rows.map(toReservation)
      ),
    reconciled: (after, limit) =>
      Effect.map(rowsOf(statements.reconciled(after, limit)), (rows) => rows.map(reconciledOf)),
    ...figureReads(statements, rowsOf),
    ping: makePing(pool)
  }
  return reads
})
