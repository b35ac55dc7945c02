/**
 * An entity of the host and a reservation in one transaction, with an ORM. The manager of a TypeORM
 * transaction is all that Holdfast needs. Needs a PostgreSQL server in `DATABASE_URL`.
 */
import { createInventory, withinTransaction } from "@holdfast/adapter-pg"
import { fromTypeOrm } from "@holdfast/adapter-pg/transactions"
import { isHoldfastError } from "@holdfast/core"
import { DataSource, EntitySchema } from "typeorm"

interface ShopOrder {
  readonly id: string
  readonly units: number
}

const ShopOrder = new EntitySchema<ShopOrder>({
  name: "ShopOrder",
  tableName: "shop_orders",
  columns: { id: { type: "text", primary: true }, units: { type: "int" } }
})

const url = process.env["DATABASE_URL"] ?? ""
const shop = new DataSource({ type: "postgres", url, entities: [ShopOrder], synchronize: true })
await shop.initialize()
const inventory = await createInventory({ url })

const placeOrder = async (order: ShopOrder): Promise<void> => {
  const lines = [{ skuId: "mug", quantity: order.units }]
  try {
    await shop.transaction(async (manager) => {
      await manager.insert(ShopOrder, order)
      await withinTransaction(fromTypeOrm(manager)).reserve({ orderId: order.id, lines })
    })
    console.log(`${order.id}: stored and reserved`)
  } catch (error) {
    if (!isHoldfastError(error)) throw error
    console.log(`${order.id}: ${error.code}, so neither is there`)
  }
}

await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
await placeOrder({ id: "order-1", units: 2 })
await placeOrder({ id: "order-2", units: 2 })
const { reservedQuantity } = await inventory.stock("mug")
console.log(
  `${await shop.getRepository(ShopOrder).count()} order stored, ${reservedQuantity} units reserved`
)
await inventory.close()
await shop.destroy()
