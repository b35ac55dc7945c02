import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { DataSource, type EntityManager, EntitySchema } from "typeorm"
import { expect, it } from "vitest"
import { withinTransaction } from "../../src/index.ts"
import { fromTypeOrm } from "../../src/transactions.ts"
import { openHost } from "../transaction/hosts.ts"
import { hostDriverSuite } from "./hostDriverSuite.ts"

interface Order {
  readonly id: string
  readonly units: number
}

const Order = new EntitySchema<Order>({
  name: "Order",
  tableName: "orders",
  columns: { id: { type: "text", primary: true }, units: { type: "int" } }
})

const open = async (url: string) => {
  const source = new DataSource({ type: "postgres", url, entities: [Order] })
  await source.initialize()
  return Object.assign(source, { [Symbol.asyncDispose]: () => source.destroy() })
}

hostDriverSuite("TypeORM", async (url) => {
  const source = await open(url)
  return {
    transaction: (work) =>
      source.transaction((manager) =>
        work({
          host: fromTypeOrm(manager),
          insertOrder: (id) => manager.insert(Order, { id, units: 1 })
        })
      ),
    outside: fromTypeOrm(source.manager),
    [Symbol.asyncDispose]: () => source.destroy()
  }
})

const reserve = (manager: EntityManager, orderId: string) =>
  withinTransaction(fromTypeOrm(manager)).reserve({
    orderId,
    lines: [{ skuId: "mug", quantity: 1 }]
  })

describePostgres(18, "transactions of TypeORM", () => {
  it("give the last units to whom they go, many at once", async () => {
    await using host = await openHost()
    await using source = await open(host.url)
    const ends = await Promise.allSettled(
      Array.from({ length: 15 }, (_, n) =>
        source.transaction((manager) => reserve(manager, `o${n}`))
      )
    )
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(10)
    expect((await host.inventory.stock("mug")).reservedQuantity).toBe(10)
    expect(await host.inventory.reconcile()).toMatchObject({ accuracy: 1 })
  })

  it("cannot have a second call from one inside another either", async () => {
    await using host = await openHost()
    await using source = await open(host.url)
    await source.transaction(async (manager) => {
      await reserve(manager, "o1")
      const nested = manager.transaction((inner) => reserve(inner, "o2"))
      await expect(nested).rejects.toMatchObject({ code: "TransactionUnusable" })
    })
    expect((await host.inventory.stock("mug")).reservedQuantity).toBe(1)
  })
})
