/**
 * The story of a shop in two parts, its stock and its products, in which each type of event happens:
 * the examples of the documentation. Ids count up and the clock stands where the story puts it, so
 * the examples are the same each time.
 */
import {
  AttributeId,
  type CatalogCommand,
  type CatalogEventType,
  CategoryId,
  OptionId,
  ProductId,
  SkuId
} from "@holdfast/core/catalog"
import type { InventoryEventType, SkuCommand } from "@holdfast/core/inventory"
import { given, givenCatalog } from "@holdfast/core/testing"
import { type Wire, wireOf } from "./wire.ts"

const skuId = "mug-blue"
const orderId = "order-1001"
const origin = {
  correlationId: "checkout-1001",
  traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
}

const firstOfEach = (events: ReadonlyArray<Parameters<typeof wireOf>[0]>) => {
  const examples: Record<string, Wire> = {}
  for (const event of events) examples[event.eventType] ??= wireOf(event)
  return examples
}

const stockEvents = (): Readonly<Record<string, Wire>> => {
  const shop = given()
  const tell = (command: Readonly<Record<string, unknown>>) =>
    shop.accepts(command as unknown as SkuCommand, origin)
  const lastHold = () => [...shop.rows.reservations.keys()].at(-1)

  const sku = { skuId, code: "MUG-BLUE", name: "Blue mug", weight: 0.35, lowStockThreshold: 3 }
  tell({ _tag: "RegisterSku", ...sku })
  tell({ _tag: "ReceiveStock", skuId, quantity: 10, reference: "delivery-77", actor: "anna" })
  tell({ _tag: "RegisterLocation", locationId: "shop-2", name: "Shop in the old town" })
  tell({ _tag: "UpdateLocation", locationId: "shop-2", active: false })
  tell({ _tag: "UpdateSku", skuId, name: "Blue mug, 0.3 l" })

  shop.later(60)
  const line = { skuId, quantity: 2, lineId: "line-1" }
  tell({ _tag: "ReserveStock", orderId, lines: [line] })
  const reservationId = lastHold()
  tell({ _tag: "ExtendReservation", reservationId, ttl: 1_800 })
  tell({ _tag: "ResizeReservation", reservationId, quantity: 3 })
  tell({ _tag: "ConfirmReservation", reservationId })
  tell({ _tag: "FulfilReservation", reservationId, quantity: 2 })

  shop.later(60)
  tell({ _tag: "ReserveStock", orderId: "order-1002", lines: [{ skuId, quantity: 5 }] })
  tell({ _tag: "ReserveStock", orderId: "order-1003", lines: [{ skuId, quantity: 2 }] })
  tell({ _tag: "ReleaseReservation", reservationId: lastHold() })

  const unused = { skuId: "mug-old", code: "MUG-OLD", name: "Old mug" }
  tell({ _tag: "RegisterSku", ...unused })
  tell({ _tag: "ArchiveSku", skuId: unused.skuId })
  tell({ _tag: "UnarchiveSku", skuId: unused.skuId })

  // Orders whose state Holdfast keeps: one that ends well, one that is short, one that is called off.
  const ownerId = "customer-7"
  tell({ _tag: "ReceiveStock", skuId, quantity: 10 })
  const order = { orderId: "order-2001", ownerId, lines: [{ ...line, lineId: "line-1" }] }
  tell({ _tag: "PlaceOrder", ...order })
  tell({ _tag: "PayOrder", orderId: "order-2001" })
  tell({ _tag: "CompleteOrder", orderId: "order-2001" })
  const large = [{ ...line, lineId: "line-1", quantity: 500 }]
  tell({ _tag: "PlaceOrder", ...order, orderId: "order-2002", lines: large })
  tell({ _tag: "PlaceOrder", ...order, orderId: "order-2003", ttl: 60 })
  shop.later(120)
  tell({ _tag: "PayOrder", orderId: "order-2003" })
  tell({ _tag: "CancelOrder", orderId: "order-2003" })

  // A guest who signs in.
  const cartId = `cart:${"0123456789abcdef".repeat(4)}`
  const cart = { orderId: "order-3001", lines: [{ skuId, quantity: 1 }] }
  tell({ _tag: "ReserveStock", ...cart, ownerId: cartId })
  tell({ _tag: "ClaimOrder", orderId: cart.orderId, cartId, ownerId })

  return firstOfEach(shop.rows.events)
}

const idOf = (number: number) => `018f2c00-0000-7000-8000-00000000000${number}`

const productEvents = (): Readonly<Record<string, Wire>> => {
  const shop = givenCatalog()
  const tell = (command: Readonly<Record<string, unknown>>) => {
    shop.later(60)
    shop.accepts(command as unknown as CatalogCommand)
  }
  const [cups, blue] = [CategoryId.make(idOf(1)), CategoryId.make(idOf(2))]
  tell({ _tag: "CreateCategory", categoryId: cups, name: "Cups" })
  tell({ _tag: "CreateCategory", categoryId: blue, name: "Blue cups" })
  tell({ _tag: "UpdateCategory", categoryId: cups, name: "Cups and mugs" })
  tell({ _tag: "MoveCategory", categoryId: blue, parentId: cups })

  const [productId, optionId] = [ProductId.make(idOf(3)), OptionId.make(idOf(4))]
  const mug = { skuId: SkuId.make(skuId), quantity: 2 }
  tell({
    ...{ _tag: "CreateProduct", productId, name: "Breakfast for two", type: "BUNDLE" },
    ...{ status: "ACTIVE", categoryIds: [cups] },
    options: [
      {
        ...{ optionId, name: "Blue", price: { amount: "19.90", currency: "EUR" } },
        skuMappings: [mug, { skuId: SkuId.make("teapot"), quantity: 1 }]
      }
    ]
  })
  tell({ _tag: "UpdateProduct", productId, description: "Two mugs and a teapot." })
  const stockOf = (availableQuantity: number, version: number) => ({
    ...{ _tag: "FollowStock", productId },
    stock: [
      { skuId: mug.skuId, availableQuantity, version },
      { skuId: SkuId.make("teapot"), availableQuantity: 7, version: 1 }
    ]
  })
  tell(stockOf(1, 1))
  tell(stockOf(12, 2))
  tell({ _tag: "DeleteProduct", productId })
  tell({ _tag: "DeleteCategory", categoryId: blue })
  const color = AttributeId.make(idOf(9))
  const choices = [{ value: "red", name: "Red" }, { value: "blue" }]
  tell({
    _tag: "CreateAttribute",
    attributeId: color,
    code: "color",
    name: "Colour",
    ...{ kind: "CHOICE", choices }
  })
  tell({ _tag: "UpdateAttribute", attributeId: color, isActive: false })
  tell({ _tag: "DeleteAttribute", attributeId: color })
  return firstOfEach(shop.rows.events.map((event) => ({ ...event, ...origin })))
}

/** The first event of each type. */
export const exampleEvents = (): Readonly<Record<InventoryEventType | CatalogEventType, Wire>> =>
  ({ ...stockEvents(), ...productEvents() }) as Record<InventoryEventType | CatalogEventType, Wire>
