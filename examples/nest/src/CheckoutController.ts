/** A route of the shop's own, on the inventory. It catches no refusal: the filter answers those. */
import type { HoldfastInventory, Reservation } from "@holdfast/core"
import { Body, Controller, Inject, Post } from "@nestjs/common"
import { INVENTORY } from "./InventoryModule.ts"

/** What a buyer puts into the cart. */
interface Cart {
  readonly orderId: string
  readonly lines: ReadonlyArray<{ readonly skuId: string; readonly quantity: number }>
}

/** Holds the goods of a cart. */
@Controller("checkout")
export class CheckoutController {
  @Inject(INVENTORY) private readonly inventory!: HoldfastInventory

  @Post()
  checkOut(@Body() { lines, orderId }: Cart): Promise<ReadonlyArray<Reservation>> {
    return this.inventory.reserve({ orderId, lines })
  }
}
