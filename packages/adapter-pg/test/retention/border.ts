/** A log over two partitions, and cursors in it, for tests that drop the first. */
import type { EventId } from "@holdfast/core/engine"
import type { TakeOptions } from "@holdfast/core/events"
import { Inventory, InventoryLog, InventoryQueries, StockReads } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import { run } from "./run.ts"

/** The first position of the second partition. */
export const border = 10_000_000

/** One more unit, and an event. */
export const receive = (skuId: string) =>
  Effect.flatMap(Inventory, (inventory) => inventory.receive({ skuId, quantity: 1 }))

/** Lets the next event have a position. */
export const goTo = (position: number) =>
  run(`alter sequence inventory.event_positions restart ${position}`)

/**
 * A log that goes over a border: two SKUs with events on both sides, so close to each other that
 * the events after the border belong to runs that began before it.
 */
export const overTheBorder = Effect.gen(function* () {
  const inventory = yield* Inventory
  yield* inventory.registerSku({ skuId: "a", code: "A", name: "A" })
  yield* inventory.registerSku({ skuId: "b", code: "B", name: "B", initialStock: 9 })
  yield* goTo(border - 2)
  yield* receive("a")
  yield* receive("a")
  const [hold] = yield* inventory.reserve({
    orderId: "order-1",
    lines: [{ skuId: "b", quantity: 2 }]
  })
  for (const skuId of ["a", "b", "a"]) yield* receive(skuId)
  const { items } = yield* InventoryQueries.over(yield* StockReads).events({})
  const first = items.findIndex(({ position }) => position >= border)
  return { hold, before: items.slice(0, first), after: items.slice(first) }
})

/** How a relay takes its cursor. */
export const asPublisher: TakeOptions = {
  kind: "PUBLISHER",
  owner: "a test",
  leaseMillis: 60_000,
  from: "FIRST"
}

/** A cursor that has handled an event. */
export const cursorAt = Effect.fnUntraced(function* (
  name: string,
  at: { readonly position: number; readonly event: { readonly eventId: EventId } } | undefined
) {
  const { cursors } = yield* InventoryLog
  const lease = yield* cursors.take(name, asPublisher)
  if (lease === null) return yield* Effect.die(new Error(`the cursor ${name} is held`))
  if (at !== undefined) {
    const { event, position } = at
    yield* cursors.advance(lease, { position, eventId: event.eventId, deadLetters: [] })
  }
  yield* cursors.release(lease)
})
