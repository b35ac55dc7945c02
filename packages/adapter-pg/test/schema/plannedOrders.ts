/**
 * The statements of placed orders, of bundles, of parked events and of bulk requests, for the test of
 * plans.
 */
import { OptionId, OrderId, type PlacedOrder } from "@holdfast/core/inventory"
import { loadBooked } from "../../src/inventory/statements/load/loadBooked.ts"
import { loadOpenHolds } from "../../src/inventory/statements/load/loadOpenHolds.ts"
import { loadOwners } from "../../src/inventory/statements/load/loadOwners.ts"
import { loadPlacedOrders } from "../../src/inventory/statements/load/loadPlacedOrders.ts"
import { loadBundles } from "../../src/inventory/statements/load/loadReservations.ts"
import { loadReturns } from "../../src/inventory/statements/load/loadReturns.ts"
import { loadSkusOfHolds } from "../../src/inventory/statements/lock/loadSkusOfHolds.ts"
import { lockStock } from "../../src/inventory/statements/lock/lockStock.ts"
import { readBrokenBundles } from "../../src/inventory/statements/read/readBrokenBundles.ts"
import { readHeldOptions } from "../../src/inventory/statements/read/readHeldOptions.ts"
import { readBookings, readMovements } from "../../src/inventory/statements/read/readMovements.ts"
import { readOwners } from "../../src/inventory/statements/read/readOwners.ts"
import { readHoldPages, readMovementPages } from "../../src/inventory/statements/read/readPages.ts"
import {
  readOrderPages,
  readPlacedOrders,
  readReservations
} from "../../src/inventory/statements/read/readReservations.ts"
import { claimOrders } from "../../src/inventory/statements/write/claimOrders.ts"
import { writePlacedOrders } from "../../src/inventory/statements/write/writePlacedOrders.ts"
import {
  condemnEvent,
  parkEvent,
  readDead,
  readOverdue,
  readWaiting,
  removeDead,
  removeEvent
} from "../../src/ordering/statements/parkedEvents.ts"
import { byBundle, holdId, movement, now, optionId, scope, skuId } from "./plannedRows.ts"
import type { Planned } from "./plans.ts"

const schema = "inventory"

const placed = (id: string): PlacedOrder => ({
  orderId: OrderId.make(id),
  version: 2,
  status: "CONFIRMED",
  ownerId: null,
  short: [],
  placedAt: now,
  changedAt: now
})

/** Each with the indexes that it must use. */
export const plannedOrders: ReadonlyArray<Planned> = [
  ["read a hold", readReservations(schema)([holdId], null), ["reservations_pkey"], 20],
  [
    "read an order",
    readOrderPages(schema)([{ orderId: OrderId.make("open-7"), after: null, limit: 101 }], null),
    ["reservations_lines", "reservations_history"],
    20
  ],
  [
    "B12 read a page of an order with a long history",
    readOrderPages(schema)(
      [{ orderId: OrderId.make("till"), after: { createdAt: now, id: holdId }, limit: 20 }],
      null
    ),
    ["reservations_lines", "reservations_history"],
    120
  ],
  [
    "read pages of many orders",
    readOrderPages(schema)(
      ["open-7", "open-8", "till"].map((id) => ({
        ...{ orderId: OrderId.make(id), after: null, limit: 20 }
      })),
      null
    ),
    ["reservations_lines", "reservations_history"],
    200
  ],
  [
    "read placed orders with their holds",
    readPlacedOrders(schema)([OrderId.make("till"), OrderId.make("open-7")], 4_000, null),
    ["orders_pkey", "reservations_lines", "reservations_history"],
    60
  ],
  [
    "load what was booked under the reference of a feed of many SKUs",
    loadBooked(schema)([
      { type: "RECEIPT", skuId: skuId(3), code: null, reference: "feed" },
      { type: "ADJUSTMENT", skuId: null, code: "CODE-4", reference: "feed" }
    ]),
    ["skus_code_key"],
    60
  ],
  [
    "load what left for an order and came back",
    loadReturns(schema)([{ orderId: OrderId.make("open-7"), skuId: skuId(8) }]),
    ["reservations_lines", "reservations_history"],
    60
  ],
  [
    "read a page of what was booked under the reference of a feed",
    readBookings(schema)({ reference: "feed", after: null, limit: 20 }),
    [],
    80
  ],
  [
    "read a later page of what was booked under the reference of a feed",
    readBookings(schema)({
      reference: "feed",
      after: { skuId: skuId(3), createdAt: now, id: movement.id },
      limit: 20
    }),
    [],
    80
  ],
  [
    "read what was booked of one SKU under the reference of a feed",
    readMovements(schema)({ skuId: skuId(3), reference: "feed", before: null, limit: 20 }),
    [],
    80
  ],
  [
    "read pages of the ledgers of two SKUs",
    readMovementPages(schema)([
      { skuId: skuId(3), before: null, limit: 20 },
      { skuId: skuId(2), before: { createdAt: now, id: movement.id }, limit: 20 }
    ]),
    [],
    120
  ],
  [
    "read pages of the open holds of two SKUs",
    readHoldPages(schema)(
      [
        { skuId: skuId(2), status: "open", after: null, limit: 20 },
        { skuId: skuId(3), status: "pending", after: null, limit: 20 }
      ],
      null
    ),
    ["reservations_open"],
    80
  ],
  [
    "load the newest open holds of a SKU by its code",
    loadOpenHolds(schema)({ openHoldsOf: [], openHoldsOfCodes: ["CODE-2"] }, 1_000),
    ["reservations_open", "skus_code_key"],
    40
  ],
  [
    "lock the SKUs of a bulk request by their codes",
    lockStock(schema)(scope({ skuCodes: ["CODE-1", "CODE-2"] }), undefined),
    ["inventory_pkey", "skus_code_key"],
    60
  ],
  [
    "B12 load a bundle of an option with a long history",
    loadBundles(schema)(byBundle.bundleIds),
    ["reservations_pkey", "reservations_option"],
    60
  ],
  [
    "B12 lock the SKUs of a bundle",
    lockStock(schema)(byBundle, 60),
    ["inventory_pkey", "reservations_option"],
    120
  ],
  [
    "B12 find the SKUs of a bundle",
    loadSkusOfHolds(schema)(byBundle),
    ["reservations_pkey", "reservations_option"],
    60
  ],
  [
    "B12 find which of two options have open holds, one with a long history",
    readHeldOptions(schema)([optionId, OptionId.make(holdId)], null),
    ["reservations_option"],
    40
  ],
  [
    "B12 find bundles of which a part was taken lately",
    readBrokenBundles(schema)(1_000, 3_600_000, null),
    ["reservations_taken_parts", "reservations_option"],
    60
  ],
  [
    "B12 find all bundles of which a part was ever taken",
    readBrokenBundles(schema)(1_000, null, null),
    ["reservations_taken_parts", "reservations_option"],
    60
  ],
  [
    "S9 load whose orders are, one of them by a hold",
    loadOwners(schema)([OrderId.make("open-7")], [holdId]),
    ["reservations_pkey", "reservations_owner", "orders_pkey"],
    80
  ],
  [
    "S9 read whose an order is",
    readOwners(schema)([OrderId.make("open-7")]),
    ["reservations_owner", "reservations_lines", "reservations_history", "orders_pkey"],
    60
  ],
  [
    "S9 make the orders of carts those of persons",
    claimOrders(schema)(
      ["open-7", "placed-7"].map((orderId) => ({
        ...{ orderId: OrderId.make(orderId), ownerId: "ann" },
        cartId: `cart:${"0".repeat(64)}`
      }))
    ),
    ["reservations_owner", "orders_pkey"],
    80
  ],
  [
    "load placed orders",
    loadPlacedOrders(schema)([OrderId.make("placed-7"), OrderId.make("placed-8")]),
    ["orders_pkey"],
    20
  ],
  ["write placed orders", writePlacedOrders(schema)([placed("placed-7"), placed("new")]), [], 60],
  [
    "park an event",
    parkEvent(schema)(
      { eventId: "new", orderId: OrderId.make("placed-7"), json: "{}", happenedAt: now },
      null,
      16,
      "full"
    ),
    ["parked_order_events_pkey", "dead_order_events_pkey"],
    60
  ],
  [
    "read the waiting events of an order",
    readWaiting(schema)(OrderId.make("placed-7")),
    ["parked_order_events_pkey"],
    20
  ],
  [
    "read overdue events",
    readOverdue(schema)(1_000, 100, null),
    ["parked_order_events_parked_at"],
    240
  ],
  [
    "condemn an event",
    condemnEvent(schema)(OrderId.make("placed-7"), "parked-7", "why"),
    ["parked_order_events_pkey"],
    60
  ],
  [
    "forget an event",
    removeEvent(schema)(OrderId.make("placed-8"), "parked-8"),
    ["parked_order_events_pkey", "dead_order_events_pkey"],
    60
  ],
  ["forget dead letters", removeDead(schema)(["dead-8"]), ["dead_order_events_pkey"], 60],
  ["read dead letters of orders", readDead(schema)("dead-1", 20), ["dead_order_events_pkey"], 60]
]
