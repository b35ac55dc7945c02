/**
 * The statements that every command and read runs, on tables with rows: each goes through the
 * index that its comment names and touches a handful of pages, whether its plan was made with the
 * rows there or, as after a first start, while the tables were still empty or small.
 */
import { expect, it, vi } from "@effect/vitest"
import { LocationId, OrderId, SkuId } from "@holdfast/core/inventory"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import { readServerRole } from "../../src/connection/statements/readServerRole.ts"
import { setForTransaction } from "../../src/connection/statements/setForTransaction.ts"
import { layerPostgres } from "../../src/effect.ts"
import {
  readContiguous,
  readDrawers,
  readLastPosition,
  readLocationWriters,
  waitAMoment
} from "../../src/events/statements/readDrawers.ts"
import { readEvents } from "../../src/events/statements/readEvents.ts"
import {
  readEventsOfLocations,
  readEventsOfOrder,
  readEventsOfSku,
  readEventsOfType
} from "../../src/events/statements/readFilteredEvents.ts"
import { migrate } from "../../src/inventory/inventoryTables.ts"
import { loadCodes } from "../../src/inventory/statements/load/loadCodes.ts"
import { loadLapsed } from "../../src/inventory/statements/load/loadLapsed.ts"
import { loadLevels } from "../../src/inventory/statements/load/loadLevels.ts"
import { loadLocations } from "../../src/inventory/statements/load/loadLocations.ts"
import { loadOpenHolds } from "../../src/inventory/statements/load/loadOpenHolds.ts"
import { countLines, loadOrders } from "../../src/inventory/statements/load/loadOrders.ts"
import { loadReservations } from "../../src/inventory/statements/load/loadReservations.ts"
import { loadSkusOfHolds } from "../../src/inventory/statements/lock/loadSkusOfHolds.ts"
import { lockLocations, tryLocations } from "../../src/inventory/statements/lock/lockLocations.ts"
import { lockOrders, tryOrders } from "../../src/inventory/statements/lock/lockOrders.ts"
import { lockStock, tryStock } from "../../src/inventory/statements/lock/lockStock.ts"
import { diagnoseDefaults } from "../../src/inventory/statements/read/diagnoseDefaults.ts"
import { diagnoseHolds } from "../../src/inventory/statements/read/diagnoseHolds.ts"
import { readHoldsOfSku } from "../../src/inventory/statements/read/readHoldsOfSku.ts"
import { readLocations } from "../../src/inventory/statements/read/readLocations.ts"
import { readMovements, readStockAsOf } from "../../src/inventory/statements/read/readMovements.ts"
import { readReconciled } from "../../src/inventory/statements/read/readReconciled.ts"
import { readLapsed, readLines } from "../../src/inventory/statements/read/readReservations.ts"
import { readSku, readSkuByCode, readSkus } from "../../src/inventory/statements/read/readSkus.ts"
import { readStock } from "../../src/inventory/statements/read/readStock.ts"
import { freeCodes } from "../../src/inventory/statements/write/freeCodes.ts"
import { insertLevels } from "../../src/inventory/statements/write/insertLevels.ts"
import { insertMovements } from "../../src/inventory/statements/write/insertMovements.ts"
import { insertReservations } from "../../src/inventory/statements/write/insertReservations.ts"
import { insertSkus } from "../../src/inventory/statements/write/insertSkus.ts"
import { updateLevels } from "../../src/inventory/statements/write/updateLevels.ts"
import { updateReservations } from "../../src/inventory/statements/write/updateReservations.ts"
import { updateSkus } from "../../src/inventory/statements/write/updateSkus.ts"
import { writeLocations } from "../../src/inventory/statements/write/writeLocations.ts"
import { diagnoseDefaultEvents } from "../../src/schema/statements/diagnoseDefaultEvents.ts"
import { diagnoseMigrations } from "../../src/schema/statements/diagnoseMigrations.ts"
import { diagnosePartitions } from "../../src/schema/statements/diagnosePartitions.ts"
import { diagnoseServer } from "../../src/schema/statements/diagnoseServer.ts"
import { diagnoseSettings } from "../../src/schema/statements/diagnoseSettings.ts"
import {
  deleteBatches,
  deleteClaims,
  deleteReceipts
} from "../../src/transaction/statements/deleteOld.ts"
import { findBatch } from "../../src/transaction/statements/findBatch.ts"
import { insertBatch } from "../../src/transaction/statements/insertBatch.ts"
import { insertReceipts } from "../../src/transaction/statements/insertReceipts.ts"
import { loadReceipts } from "../../src/transaction/statements/loadReceipts.ts"
import { readClock } from "../../src/transaction/statements/readClock.ts"
import { plannedAudit } from "../audit/plannedAudit.ts"
import { plannedFigures } from "../figures/plannedFigures.ts"
import { plannedReplicas } from "../replicas/plannedReplicas.ts"
import { plannedCursors } from "./plannedCursors.ts"
import { plannedOrders } from "./plannedOrders.ts"
import {
  byHold,
  byOrder,
  byTill,
  fresh,
  frontId,
  hold,
  hot,
  ledger,
  level,
  movement,
  now,
  place,
  receipt,
  scope,
  sku,
  skuId
} from "./plannedRows.ts"
import { plannedWebhooks } from "./plannedWebhooks.ts"
import { faultsOf, moments, type Planned } from "./plans.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

const schema = "inventory"
const east = LocationId.make("east")

const statements: ReadonlyArray<Planned> = [
  ["lock one SKU", lockStock(schema)(hot, undefined), ["inventory_pkey"], 40],
  ["lock one SKU without a long wait", lockStock(schema)(hot, 60), ["inventory_pkey"], 40],
  ["lock one SKU if it is free", tryStock(schema)(hot, 60), ["inventory_pkey"], 60],
  [
    "find the SKUs of holds and orders",
    loadSkusOfHolds(schema)(byOrder),
    ["reservations_pkey", "reservations_lines"],
    40
  ],
  [
    "lock the SKUs of an order",
    lockStock(schema)(byOrder, 60),
    ["inventory_pkey", "reservations_lines"],
    40
  ],
  [
    "B12 lock the SKUs of an order with a long history",
    lockStock(schema)(byTill, 60),
    ["inventory_pkey", "reservations_lines"],
    120
  ],
  [
    "lock the SKU of a hold",
    lockStock(schema)(byHold, 60),
    ["inventory_pkey", "reservations_pkey"],
    40
  ],
  ["load one SKU", loadLevels(schema)(hot), ["inventory_pkey", "skus_pkey", "locations_pkey"], 40],
  [
    "find the lapsed holds of a SKU with 10,000 open ones",
    loadLapsed(schema)(hot, null, 1_001),
    ["reservations_open"],
    40
  ],
  [
    "load the newest open holds of a SKU",
    loadOpenHolds(schema)({ openHoldsOf: [skuId(2)], openHoldsOfCodes: [] }, 1_000),
    ["reservations_open"],
    40
  ],
  [
    "load receipts",
    loadReceipts(schema)([{ caller: "caller", key: "key-9" }], null),
    ["receipts_pkey"],
    40
  ],
  [
    "load an order",
    loadOrders(schema)(byOrder.orderIds, 4_001),
    ["reservations_lines", "reservations_history", "reservations_replaces"],
    40
  ],
  [
    "B12 load an order with a long history",
    loadOrders(schema)(byTill.orderIds, 4_001),
    ["reservations_lines", "reservations_history", "reservations_replaces"],
    60
  ],
  [
    "B12 count the lines of an order with a long history",
    countLines(schema)(byTill.orderIds, 2_000),
    ["reservations_lines"],
    60
  ],
  [
    "load a hold",
    loadReservations(schema)(byHold.reservationIds),
    ["reservations_pkey", "reservations_replaces"],
    40
  ],
  [
    "load the owner of a code",
    loadCodes(schema)({ codes: ["CODE-5"], codesOf: [skuId(7)] }),
    ["skus_code_key", "skus_pkey"],
    40
  ],
  ["find a batch", findBatch(schema)(scope({}).batchId), ["batches_pkey"], 40],
  [
    "update a level",
    updateLevels(schema)([{ level, loadedVersion: 30_000, loadedAt: now }], now.epochMilliseconds),
    ["inventory_pkey"],
    60
  ],
  ["update a hold", updateReservations(schema)([hold]), ["reservations_pkey"], 80],
  [
    "read the stock of a SKU with 10,000 open holds",
    readStock(schema)([skuId(1)], null),
    ["inventory_pkey", "reservations_open"],
    40
  ],
  [
    "B12 read the lines of an order with a long history",
    readLines(schema)(OrderId.make("till"), 4_001, null),
    ["reservations_lines", "reservations_history"],
    60
  ],
  ["read lapsed holds", readLapsed(schema)(null, 1_000, [skuId(9)]), ["reservations_expiry"], 40],
  ["read a SKU", readSku(schema)(skuId(77)), ["skus_pkey"], 20],
  ["read a SKU by its code", readSkuByCode(schema)("CODE-77"), ["skus_code_key"], 20],
  ["read a page of SKUs", readSkus(schema)(skuId(5), 20), ["skus_pkey"], 40],
  ["read events after a position", readEvents(schema)(40_000, 100), [], 60],
  [
    "read the events of a hot SKU",
    readEventsOfSku(schema)(52_345, 100, skuId(1)),
    ["inventory_pkey"],
    200
  ],
  [
    "read the events of a SKU that changes now and then",
    readEventsOfSku(schema)(0, 100, skuId(77)),
    ["inventory_pkey"],
    200
  ],
  [
    "read the events of locations, among the ids of hot SKUs",
    readEventsOfLocations(schema)(0, 100, ["sku-1", "sku-2", "east", "default"]),
    [],
    200
  ],
  [
    "read the events of a rare type",
    readEventsOfType(schema)(0, 100, "inventory.stock.low"),
    [],
    200
  ],
  [
    "read the events of the commonest type",
    readEventsOfType(schema)(40_000, 100, "inventory.stock.reserved"),
    [],
    60
  ],
  [
    "read the events of an order with a hold on a hot SKU",
    readEventsOfOrder(schema)(0, 100, OrderId.make("hot-5000")),
    ["reservations_lines", "reservations_history"],
    600
  ],
  [
    "read the events of an order, of some types and SKUs",
    readEventsOfOrder(schema)(0, 100, OrderId.make("hot-5000"), {
      aggregateIds: ["sku-1", "sku-2", "sku-3"],
      types: ["inventory.stock.reserved", "inventory.stock.confirmed"]
    }),
    ["reservations_lines", "reservations_history"],
    600
  ],
  ["read how far the log has no gap", readContiguous(schema)(40_000), [], 1_000],
  ["read the last position", readLastPosition(schema)(), [], 10],
  ["read who has drawn a position", readDrawers(schema)(), [], 40],
  ["read who has written locations", readLocationWriters(schema)(), [], 40],
  ["wait a moment", waitAMoment, [], 0],
  [
    "read a page of the open holds of a SKU",
    readHoldsOfSku(schema)({ skuId: skuId(2), status: "open", after: null, limit: 20 }, null),
    ["reservations_open"],
    40
  ],
  ["read all locations", readLocations(schema)(), [], 20],
  [
    "read the first page of the ledger",
    readMovements(schema)({ skuId: skuId(3), before: null, limit: 20 }),
    [],
    60
  ],
  ["read a page of a long ledger", readMovements(schema)(ledger), [], 80],
  [
    "read the ledger at a location beside a long one",
    readMovements(schema)({ ...ledger, locationId: frontId }),
    [],
    80
  ],
  [
    "read a later page of the ledger",
    readMovements(schema)({
      skuId: skuId(3),
      before: { createdAt: now, id: movement.id },
      limit: 20
    }),
    [],
    60
  ],
  ["read stock as of an instant", readStockAsOf(schema)(skuId(2), Date.now()), [], 120],
  [
    "B9 read stock as of an instant before the first movement of a long ledger",
    readStockAsOf(schema)(skuId(2), now.epochMilliseconds),
    [],
    120
  ],
  ["forget receipts", deleteReceipts(schema)(5_000), ["receipts_created_at"], 40],
  ["forget batches", deleteBatches(schema)(5_000), ["batches_pkey"], 40],
  ["forget claims", deleteClaims(schema)(5_000), ["inbox_handled_at"], 40],
  [
    "reconcile a page of 20 levels",
    readReconciled(schema)({ skuId: skuId(5), locationId: frontId }, 20),
    ["inventory_pkey", "reservations_open"],
    600
  ],
  ["lock orders", lockOrders(schema)([OrderId.make("open-7"), OrderId.make("open-8")], 60), [], 10],
  [
    "lock orders if they are free",
    tryOrders(schema)([OrderId.make("open-7"), OrderId.make("open-8")]),
    [],
    20
  ],
  ["lock the locations", lockLocations(schema)(60), [], 20],
  ["lock the locations if they are free", tryLocations(schema)(), [], 20],
  ["load locations and the clock", loadLocations(schema)([frontId, east], null), [], 20],
  ["insert a batch", insertBatch(schema)(scope({}).batchId, now.epochMilliseconds), [], 40],
  ["free codes", freeCodes(schema)([sku], now.epochMilliseconds), ["skus_pkey"], 60],
  ["insert a SKU", insertSkus(schema)([{ ...sku, id: SkuId.make("new"), code: "NEW" }]), [], 80],
  ["update a SKU", updateSkus(schema)([sku]), ["skus_pkey"], 80],
  ["write a location", writeLocations(schema)([place]), [], 60],
  ["insert a level", insertLevels(schema)([{ ...level, locationId: east }]), [], 80],
  [
    "insert a reservation",
    insertReservations(schema)([
      { ...fresh, expiresAt: now, resolvedAt: null, releaseReason: null }
    ]),
    [],
    60
  ],
  ["insert a movement", insertMovements(schema)([movement]), [], 60],
  ["insert a receipt", insertReceipts(schema)([receipt], now.epochMilliseconds), [], 60],
  ...plannedAudit,
  ...plannedCursors,
  ...plannedFigures,
  ...plannedOrders,
  ...plannedReplicas,
  ...plannedWebhooks,
  ["diagnose unswept holds", diagnoseHolds(schema, 1_000), ["reservations_expiry"], 40],
  ["diagnose the migrations", diagnoseMigrations(schema), [], 20],
  ["diagnose the partitions", diagnosePartitions(schema), [], 60],
  ["diagnose the DEFAULT partition of movements", diagnoseDefaults(schema, 1_000), [], 40],
  ["diagnose the DEFAULT partition of the log", diagnoseDefaultEvents(schema, 1_000), [], 40],
  ["diagnose the server", diagnoseServer(schema), [], 200],
  ["read the clock", readClock(null), [], 20],
  ["diagnose settings", diagnoseSettings(["fsync"]), [], 20],
  ["tell whether the server can be written to", readServerRole, [], 20],
  ["put settings in force for a transaction", setForTransaction({ jit: "off" }), [], 20]
]

/** Statements whose plans read a whole index when they were made for a table of a few rows. */
const outgrown: ReadonlySet<string> = new Set([
  "read events to seal with their movements",
  "update a SKU",
  "update a level",
  "update a hold",
  "read the events of an order with a hold on a hot SKU",
  "read the events of an order, of some types and SKUs",
  "read dead letters of orders"
])

for (const version of [18, 15] as const) {
  describePostgres(version, `on PostgreSQL ${version}`, () => {
    for (const made of moments) {
      it.live(`every statement keeps to its indexes with a plan made ${made}`, () =>
        Effect.gen(function* () {
          const url = yield* scopedDatabase({ version })
          yield* Effect.provide(migrate(schema), layerPostgres({ url }))
          expect(yield* faultsOf(url, statements, made, (what) => outgrown.has(what))).toBe("")
        })
      )
    }
  })
}
