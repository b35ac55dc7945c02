/** One question, two doors: each takes the other's cursors and gives the same answers. */
import { type HoldfastInventory, isHoldfastError } from "@holdfast/core"
import {
  Inventory,
  InventoryLog,
  type InventoryServices,
  MemoryInventory,
  StockReads,
  toPromises
} from "@holdfast/core/inventory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Listening, listen } from "../server.ts"

let inventory: HoldfastInventory
let server: Listening
const runtime = ManagedRuntime.make(Layer.provideMerge(Inventory.layer(), MemoryInventory.layer))

beforeAll(async () => {
  const context = await runtime.runPromise(Effect.context<InventoryServices>())
  const engine = Layer.succeedContext(Context.pick(Inventory, StockReads, InventoryLog)(context))
  inventory = await toPromises(engine)
  server = await listen(engine)
  for (const skuId of ["a", "b", "c", "d", "e"]) {
    await inventory.registerSku({ skuId, code: skuId, name: skuId, initialStock: 1 })
  }
  for (const orderId of ["o1", "o2", "o3", "o4"]) {
    await inventory.receive({ skuId: "a", quantity: 10 })
    await inventory.reserve({ orderId, lines: [{ skuId: "a", quantity: 1 }] })
    await inventory.reserve({ orderId: "o", lines: [{ skuId: "a", quantity: 1 }] })
  }
})

afterAll(async () => {
  await server.close()
  await inventory.close()
  await runtime.dispose()
})

interface Paged {
  readonly items: ReadonlyArray<{ readonly id: string }>
  readonly next: string | null
}

const lists: ReadonlyArray<
  readonly [
    path: string,
    ask: (page: { readonly size: number; readonly cursor: string | null }) => Promise<Paged>
  ]
> = [
  ["/api/skus", (page) => inventory.skus(page)],
  ["/api/inventory/a/movements", (page) => inventory.movements("a", page)],
  ["/api/inventory/a/reservations", (page) => inventory.reservationsOfSku("a", page)],
  ["/api/inventory/orders/o/reservations", (page) => inventory.reservationsOfOrder("o", page)]
]

describe("D-A a cursor travels between the doors", () => {
  it.each(lists)("from page to page of %s, by turns", async (path, ask) => {
    const overHttp = async (cursor: string | null): Promise<Paged> => {
      const query = cursor === null ? "" : `&cursor=${cursor}`
      const { json, status } = await server.call("GET", `${path}?size=2${query}`)
      expect(status).toBe(200)
      return { items: json.items ?? json.reservations, next: json.next }
    }
    const whole = (await ask({ size: 1_000, cursor: null })).items.map(({ id }) => id)
    expect(whole.length).toBeGreaterThanOrEqual(4)
    for (const isHttpFirst of [true, false]) {
      const seen: Array<string> = []
      let isHttp = isHttpFirst
      let cursor: string | null = null
      do {
        const page: Paged = isHttp ? await overHttp(cursor) : await ask({ size: 2, cursor })
        seen.push(...page.items.map(({ id }) => id))
        cursor = page.next
        isHttp = !isHttp
      } while (cursor !== null)
      expect(seen).toEqual(whole)
    }
  })

  it("answers the same about an instant, and refuses the same", async () => {
    const at = "2999-01-01T00:00:00.000Z"
    const { json } = await server.call("GET", `/api/inventory/a?at=${at}`)
    expect(json).toEqual(JSON.parse(JSON.stringify(await inventory.stockAsOf("a", at))))
    const without = await server.call("GET", `/api/inventory/a?at=${at}&locations=false`)
    const plain = await inventory.stockAsOf("a", at, { locations: false })
    expect(without.json).toEqual(JSON.parse(JSON.stringify(plain)))
    const nobody = await server.call("GET", "/api/inventory/orders/nobody/reservations")
    expect(nobody.json.type).toBe("urn:holdfast:problem:order-not-found")
    const error = await inventory.reservationsOfOrder("nobody").catch((caught: unknown) => caught)
    expect(isHoldfastError(error, "OrderNotFound") && error.message).toBe(nobody.json.detail)
  })
})
