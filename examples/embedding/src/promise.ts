/**
 * Holdfast as promises: nothing of Effect is seen. Two buyers want two of the last three mugs; one
 * gets an error that says what is left.
 */
import { createInventory } from "@holdfast/adapter-pg"
import { isHoldfastError } from "@holdfast/core"

// In memory. `{ folder: "./stock" }` keeps it there; `{ url }` is a PostgreSQL server.
await using inventory = await createInventory()
await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })

const checkOut = async (orderId: string, quantity: number): Promise<void> => {
  const lines = [{ skuId: "mug", quantity }]
  // A repeat with this key gets the first answer instead of a second effect.
  const options = { idempotencyKey: `checkout ${orderId}`, signal: AbortSignal.timeout(10_000) }
  try {
    await inventory.reserve({ orderId, lines, ttl: 600 }, options)
    // The payment goes here. Without a confirmation the hold ends by itself after ten minutes.
    await inventory.confirmOrder({ orderId })
    console.log(`${orderId}: confirmed`)
  } catch (error) {
    if (!isHoldfastError(error, "InsufficientStock")) throw error
    for (const line of error.details.lines) {
      console.log(`${orderId}: ${line.available} left of ${line.requested} wanted`)
    }
  }
}

await checkOut("order-1", 2)
await checkOut("order-2", 2)
const { availableQuantity, reservedQuantity } = await inventory.stock("mug")
console.log(`${reservedQuantity} reserved, ${availableQuantity} available`)
