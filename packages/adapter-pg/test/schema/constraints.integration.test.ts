/**
 * What the tables refuse by themselves. The domain refuses first; these are the last line against a
 * bug, a script or a person, so each is met by the statement that it is there to stop.
 */
import * as PgPool from "@effect/sql-pg/PgPool"
import { describe, expect, it, vi } from "@effect/vitest"
import { Inventory } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { databases, engineOver } from "../engines.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

/** What a statement came to: "done", or the SQLSTATE and the constraint or message of its error. */
const outcome = Effect.fnUntraced(function* (sql: string) {
  const pool = yield* PgPool.PgPool
  const result = yield* Effect.result(pool.use((session) => session.query(sql, [], false)))
  if (Result.isSuccess(result)) return "done"
  const cause = result.failure.reason.cause as Record<string, string | undefined>
  return `${cause["code"]} ${cause["constraint"] ?? cause["message"]}`
})

const uuid = "00000000-0000-7000-8000-000000000000"
const at = "'2026-01-01T00:00:00Z'"

const sku = (columns: string, values: string) =>
  `insert into inventory.skus (id, code, name, created_at, ${columns})
   values ('new', 'NEW', 'New', ${at}, ${values})`
const level = (change: string) => `update inventory.inventory set ${change} where sku_id = 'a'`
const hold = (status: string, expires: string, resolved: string, quantity = 1, fulfilled = 0) =>
  `insert into inventory.reservations (id, sku_id, location_id, order_id, quantity,
     fulfilled_quantity, status, expires_at, resolved_at, created_at)
   values ('${uuid}', 'a', 'default', 'o', ${quantity}, ${fulfilled}, '${status}', ${expires},
     ${resolved}, ${at})`
const movement = (type: string, balance: number, sequence: number) =>
  `insert into inventory.stock_movements (id, sku_id, location_id, sequence, type, quantity,
     balance_after, created_at)
   values ('${uuid}', 'a', 'default', ${sequence}, '${type}', 1, ${balance}, ${at})`

const refused: ReadonlyArray<readonly [what: string, constraint: string, sql: string]> = [
  [
    "a negative total",
    "23514 inventory_total_check",
    level("total_quantity = -1, reserved_quantity = 0, promise_limit = 1")
  ],
  [
    "a total beyond 2^53 - 1",
    "23514 inventory_total_check",
    level("total_quantity = 9007199254740992")
  ],
  ["negative promises", "23514 inventory_reserved_check", level("reserved_quantity = -1")],
  [
    "promises beyond stock and limit",
    "23514 inventory_reserved_check",
    level("reserved_quantity = total_quantity + promise_limit + 1")
  ],
  [
    "a total below its promises",
    "23514 inventory_reserved_check",
    level("total_quantity = reserved_quantity - 1")
  ],
  ["a negative promise limit", "23514 inventory_promise_limit_check", level("promise_limit = -1")],
  [
    "a level of an unknown SKU",
    "23503 inventory_sku_id_fkey",
    `insert into inventory.inventory (sku_id, location_id, last_updated)
     values ('unknown', 'default', ${at})`
  ],
  [
    "a level at an unknown location",
    "23503 inventory_location_id_fkey",
    `insert into inventory.inventory (sku_id, location_id, last_updated)
     values ('a', 'unknown', ${at})`
  ],
  ["a SKU going away", "HF002 DELETE of skus is refused", "delete from inventory.skus"],
  [
    "a SKU taking another id",
    "HF002 UPDATE of skus is refused",
    "update inventory.skus set id = 'another'"
  ],
  ["a negative backorder limit", "23514 skus_policy_check", sku("backorder_limit", "-1")],
  ["a negative safety stock", "23514 skus_policy_check", sku("safety_stock", "-1")],
  ["a negative threshold", "23514 skus_policy_check", sku("low_stock_threshold", "-1")],
  [
    "a code twice",
    "23505 skus_code_key",
    `insert into inventory.skus (id, code, name, created_at) values ('b', 'A', 'B', ${at})`
  ],
  [
    "a second default location",
    "23505 locations_one_default",
    `insert into inventory.locations (id, name, priority, is_default, sellable, active, version)
     values ('other', 'Other', 1, true, true, true, 1)`
  ],
  [
    "a default location that is closed",
    "23514 locations_default_check",
    "update inventory.locations set active = false where is_default"
  ],
  [
    "a default location that does not sell",
    "23514 locations_default_check",
    "update inventory.locations set sellable = false where is_default"
  ],
  [
    "a reason that is none",
    "23514 reservations_status_check",
    "update inventory.reservations set release_reason = 'BORED'"
  ],
  [
    "an open hold that was given back",
    "23514 reservations_status_check",
    "update inventory.reservations set release_reason = 'RELEASED'"
  ],
  [
    "an open hold that was taken again",
    "23514 reservations_status_check",
    "update inventory.reservations set release_reason = 'REACQUIRED'"
  ],
  [
    "a fulfilled hold that was given back",
    "23514 reservations_status_check",
    `update inventory.reservations set status = 'FULFILLED', fulfilled_quantity = quantity,
       expires_at = null, resolved_at = ${at}, release_reason = 'RELEASED'`
  ],
  [
    "an expired hold that was given back",
    "23514 reservations_status_check",
    `update inventory.reservations set status = 'EXPIRED', resolved_at = ${at},
       release_reason = 'RELEASED'`
  ],
  ["a hold of nothing", "23514 reservations_quantity_check", hold("PENDING", at, "null", 0)],
  [
    "more fulfilled than held",
    "23514 reservations_quantity_check",
    hold("CONFIRMED", "null", "null", 1, 2)
  ],
  [
    "a negative fulfilled quantity",
    "23514 reservations_quantity_check",
    hold("CONFIRMED", "null", "null", 1, -1)
  ],
  ["an unknown status", "23514 reservations_status_check", hold("PAID", "null", "null")],
  ["a pending hold for ever", "23514 reservations_status_check", hold("PENDING", "null", "null")],
  ["a pending hold that is resolved", "23514 reservations_status_check", hold("PENDING", at, at)],
  [
    "a confirmed hold that lapses",
    "23514 reservations_status_check",
    hold("CONFIRMED", at, "null")
  ],
  [
    "a confirmed hold that is resolved",
    "23514 reservations_status_check",
    hold("CONFIRMED", "null", at)
  ],
  [
    "a fulfilled hold that still keeps units",
    "23514 reservations_status_check",
    hold("FULFILLED", "null", at, 2, 1)
  ],
  [
    "a fulfilled hold without its instant",
    "23514 reservations_status_check",
    hold("FULFILLED", "null", "null", 1, 1)
  ],
  [
    "a released hold without its instant",
    "23514 reservations_status_check",
    hold("RELEASED", "null", "null")
  ],
  [
    "an expired hold without its instant",
    "23514 reservations_status_check",
    hold("EXPIRED", at, "null")
  ],
  ["a movement of no kind", "23514 stock_movements_type_check", movement("GIFT", 1, 1)],
  [
    "a negative balance in the ledger",
    "23514 stock_movements_balance_check",
    movement("RECEIPT", -1, 1)
  ],
  ["a movement numbered zero", "23514 stock_movements_balance_check", movement("RECEIPT", 1, 0)]
]

const appendOnly = (table: string): ReadonlyArray<readonly [string, string]> => [
  [`update inventory.${table} set created_at = created_at`, "UPDATE"],
  [`delete from inventory.${table}`, "DELETE"],
  [`truncate inventory.${table}`, "TRUNCATE"]
]

/** The partitions that hold rows, and the DEFAULT ones. */
const partitions = Effect.fnUntraced(function* (parent: string) {
  const pool = yield* PgPool.PgPool
  const { rows } = yield* pool.use((session) =>
    session.query(
      `select c.relname::text as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = $1::text::regclass order by 1`,
      [`inventory.${parent}`],
      false
    )
  )
  return rows.map((row) => String(row["name"]))
})

for (const [name, sessions] of databases) {
  describe(name, () => {
    it.live("refuses every row that breaks a rule of the domain", () =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        yield* inventory.registerSku({ skuId: "a", code: "A", name: "A", initialStock: 5 })
        yield* inventory.reserve({ orderId: "o", lines: [{ skuId: "a", quantity: 3 }] })
        const outcomes: Array<readonly [string, string]> = []
        for (const [what, , sql] of refused) {
          outcomes.push([what, yield* outcome(sql)])
        }
        expect(outcomes).toEqual(refused.map(([what, constraint]) => [what, constraint]))
      }).pipe(Effect.provide(engineOver(sessions)))
    )

    it.live("lets nobody change, delete or truncate what the ledger and the log say", () =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        yield* inventory.registerSku({ skuId: "a", code: "A", name: "A", initialStock: 5 })
        const current = yield* partitions("stock_movements")
        expect(current).toContain("stock_movements_default")
        // Rows of another century are in the DEFAULT partition, and are as safe there.
        yield* outcome(movement("RECEIPT", 6, 2).replaceAll("2026", "1926"))
        yield* outcome(`insert into inventory.events (position, event_id, event_type, aggregate_id,
          version, "timestamp", command_id, payload) values
          (9000000000000, '${uuid}', 'any', 'a', 1, ${at}, '${uuid}', '{}')`)
        for (const parent of ["stock_movements", "events"]) {
          const tables = [parent, ...(yield* partitions(parent))]
          expect(tables.length).toBeGreaterThanOrEqual(6)
          for (const table of tables) {
            for (const [sql, verb] of appendOnly(table)) {
              const isEmpty = !(yield* hasRows(table))
              const came = yield* outcome(
                parent === "events" ? sql.replaceAll("created_at", "version") : sql
              )
              // A row trigger of an empty partition has no row to refuse; TRUNCATE always has.
              if (isEmpty && verb !== "TRUNCATE") expect(came).toBe("done")
              else expect(came).toMatch(new RegExp(`^HF002 ${verb} of \\S+ is refused`))
            }
          }
        }
        expect(yield* outcome("truncate inventory.skus cascade")).toMatch(/^HF002 TRUNCATE of skus/)
      }).pipe(Effect.provide(engineOver(sessions)))
    )
  })
}

const hasRows = Effect.fnUntraced(function* (table: string) {
  const pool = yield* PgPool.PgPool
  const { rows } = yield* pool.use((session) =>
    session.query(`select 1 from inventory.${table} limit 1`, [], false)
  )
  return rows.length > 0
})
