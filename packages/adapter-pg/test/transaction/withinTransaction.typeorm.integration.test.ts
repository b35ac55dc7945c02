/** The engine inside the transaction of an ORM: TypeORM, whose manager is the one query function. */
import { isHoldfastError } from "@holdfast/core"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { DataSource, type EntityManager, EntitySchema } from "typeorm"
import { expect, it } from "vitest"
import { withinTransaction } from "../../src/index.ts"
import { type Host, openHost } from "./hosts.ts"

interface Order {
  readonly id: string
  readonly units: number
}

const Order = new EntitySchema<Order>({
  name: "Order",
  tableName: "orders",
  columns: { id: { type: "text", primary: true }, units: { type: "int" } }
})

const openOrm = async (host: Host) => {
  const source = new DataSource({ type: "postgres", url: host.url, entities: [Order] })
  await source.initialize()
  return { source, [Symbol.asyncDispose]: () => source.destroy() }
}

const checkOut = async (manager: EntityManager, id: string, units: number) => {
  await manager.insert(Order, { id, units })
  return withinTransaction(manager).reserve({
    orderId: id,
    lines: [{ skuId: "mug", quantity: units }]
  })
}

const seen = async ({ inventory, orders }: Host) => ({
  orders: await orders(),
  reserved: (await inventory.stock("mug")).reservedQuantity,
  accuracy: (await inventory.reconcile()).accuracy
})

describePostgres(18, "an entity of TypeORM and a reservation", () => {
  it("commit together", async () => {
    await using host = await openHost()
    await using orm = await openOrm(host)
    const holds = await orm.source.transaction((manager) => checkOut(manager, "o1", 3))
    expect((await host.inventory.reservationsOfOrder("o1")).items).toEqual(holds)
    expect(await seen(host)).toEqual({ orders: ["o1"], reserved: 3, accuracy: 1 })
  })

  it("roll back together when the engine refuses, and when the host throws", async () => {
    await using host = await openHost()
    await using orm = await openOrm(host)
    const short = orm.source.transaction((manager) => checkOut(manager, "o1", 11))
    await expect(short).rejects.toMatchObject({
      code: "InsufficientStock",
      details: { lines: [{ skuId: "mug", available: 10 }] }
    })
    const thrown = orm.source.transaction(async (manager) => {
      await checkOut(manager, "o2", 1)
      throw new Error("declined")
    })
    await expect(thrown).rejects.toThrow("declined")
    expect(await seen(host)).toEqual({ orders: [], reserved: 0, accuracy: 1 })
  })

  it("give the last units to whom they go, many at once", async () => {
    await using host = await openHost()
    await using orm = await openOrm(host)
    const ends = await Promise.allSettled(
      Array.from({ length: 15 }, (_, n) =>
        orm.source.transaction((manager) => checkOut(manager, `o${n}`, 1))
      )
    )
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(10)
    const { orders, ...rest } = await seen(host)
    expect(orders).toHaveLength(10)
    expect(rest).toEqual({ reserved: 10, accuracy: 1 })
  })

  it("are refused outside a transaction, and on a second call, also from a nested one", async () => {
    await using host = await openHost()
    await using orm = await openOrm(host)
    const outside = checkOut(orm.source.manager, "o1", 1)
    await expect(outside).rejects.toMatchObject({ code: "TransactionUnusable" })
    await orm.source.transaction(async (manager) => {
      await checkOut(manager, "o2", 1)
      const nested = manager.transaction((inner) => checkOut(inner, "o3", 1))
      await expect(nested).rejects.toMatchObject({ code: "TransactionUnusable" })
    })
    expect(await seen(host)).toEqual({ orders: ["o1", "o2"], reserved: 1, accuracy: 1 })
  })

  it("tell what the server said, through the errors of the ORM", async () => {
    await using host = await openHost()
    await using orm = await openOrm(host)
    const error = await orm.source
      .transaction((manager) =>
        withinTransaction(manager, { schema: "elsewhere" }).receive({ skuId: "mug", quantity: 1 })
      )
      .catch((caught: unknown) => caught)
    expect(isHoldfastError(error, "Unavailable")).toBe(true)
    expect(error).toMatchObject({ cause: { code: "42P01", name: "QueryFailedError" } })
  })
})
