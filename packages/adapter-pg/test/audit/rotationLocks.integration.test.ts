/** A rotation of keys beside batches that write customers: both lock the rows in the order of the orders' ids. */
import { expect, it } from "@effect/vitest"
import { customerColumn } from "@holdfast/core/inventory"
import { scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { vi } from "vitest"
import { layerMigrations, layerPostgres, secretColumns } from "../../src/effect.ts"
import { connectedTo, untilWaiting } from "../engines.ts"

vi.setConfig({ testTimeout: 120_000 })

const old = `hf1:old:${"x".repeat(200)}`

const idOf = (number: number) => `o-${String(number).padStart(5, "0")}`

describePostgres(18, "a rotation of keys", () => {
  it.live("waits for a batch that writes customers, and neither ends in a deadlock", () =>
    Effect.gen(function* () {
      const url = yield* scopedDatabase({ version: 18 })
      const postgres = Layer.provideMerge(layerMigrations(), layerPostgres({ url }))
      const [batch, sql] = [yield* connectedTo(url), yield* connectedTo(url)]
      yield* Effect.gen(function* () {
        // Orders come in no order, so the page of a rotation lies anywhere in the table.
        yield* sql(
          `insert into inventory.order_customers (order_id, ciphertext, changed_at)
           select 'o-' || lpad(n::text, 5, '0'), $1, now() from generate_series(1, 20000) n
           order by hashint4(n)`,
          [old]
        )
        yield* sql("analyze inventory.order_customers")
        const [pair] = yield* sql(
          `select a.order_id as first, b.order_id as second
           from inventory.order_customers a join inventory.order_customers b
             on b.order_id > a.order_id and b.ctid < a.ctid
           where a.order_id <= $1 and b.order_id <= $1 limit 1`,
          [idOf(200)]
        )
        const columns = yield* secretColumns("inventory", "new", { hasCustomers: true })
        const customers = columns.find(({ column }) => column === customerColumn)
        if (pair === undefined || customers === undefined)
          throw new Error("there is nothing to race")
        const values = Array.from({ length: 200 }, (_, index) => ({
          ...{ row: idOf(index + 1), value: old },
          replacement: old.replace("old", "new")
        }))
        const change = "update inventory.order_customers set changed_at = now() where order_id = $1"
        yield* batch("begin")
        yield* batch(change, [pair["first"]])
        const rotating = yield* Effect.forkChild(Effect.result(customers.replace(values)))
        yield* untilWaiting(sql)
        yield* batch(change, [pair["second"]])
        yield* batch("commit")
        expect(yield* Fiber.join(rotating)).toMatchObject({ _tag: "Success", success: 200 })
      }).pipe(Effect.provide(postgres))
    })
  )
})
