/**
 * One story of a shop, in which each type of event happens: the examples of the documentation. Ids
 * count up and the clock stands where the story puts it, so the examples are the same each time.
 */
import type { InventoryEventType, SkuCommand } from "@holdfast/core/inventory"
import { given } from "@holdfast/core/testing"
import { type Wire, wireOf } from "./wire.ts"

const skuId = "mug-blue"
const orderId = "order-1001"
const origin = {
  correlationId: "checkout-1001",
  traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
}

/** The first event of each type. */
export const exampleEvents = (): Readonly<Record<InventoryEventType, Wire>> => {
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

  const examples: Record<string, Wire> = {}
  for (const event of shop.rows.events) examples[event.eventType] ??= wireOf(event)
  return examples as Record<InventoryEventType, Wire>
}
