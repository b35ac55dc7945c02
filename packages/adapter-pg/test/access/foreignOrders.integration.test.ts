/**
 * Ten thousand ids of somebody else's orders, asked and commanded by a shopper: each is answered as
 * an id that nobody used, and nothing of the orders changes.
 */
import { describe, expect, it, vi } from "@effect/vitest"
import { type InventoryCalls, isHoldfastError, type Principal } from "@holdfast/core"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { createInventory } from "../../src/index.ts"
import { ownDatabase } from "../promise/opened.ts"

vi.setConfig({ testTimeout: 240_000 })

const orders = 10_000
const atOnce = 250

const user = (id: string): Principal => ({ id, kind: "USER", roles: ["USER"] })

/** Does something for each number, a few hundred at once. */
const forEach = async <A>(count: number, work: (n: number) => Promise<A>): Promise<Array<A>> => {
  const done: Array<A> = []
  for (let from = 0; from < count; from += atOnce) {
    const part = Array.from({ length: Math.min(atOnce, count - from) }, (_, n) => work(from + n))
    done.push(...(await Promise.all(part)))
  }
  return done
}

/** An order and one hold of it, which are there or not. */
interface Ids {
  readonly orderId: string
  readonly reservationId: string
}

const lines = [{ skuId: "mug", quantity: 1 }]

/** What a shopper may try with an order, each of which says nothing of the order by its own right. */
const attempts: ReadonlyArray<(inventory: InventoryCalls, ids: Ids) => Promise<unknown>> = [
  (inventory, { orderId }) => inventory.reservationsOfOrder(orderId),
  (inventory, { reservationId }) => inventory.reservation(reservationId),
  (inventory, { orderId }) => inventory.order(orderId),
  (inventory, { orderId }) => inventory.checkAvailability({ orderId, lines }),
  (inventory, { orderId }) => inventory.releaseOrder({ orderId }),
  (inventory, { reservationId }) => inventory.release({ reservationId }),
  (inventory, { reservationId }) => inventory.resize({ reservationId, quantity: 9 }),
  (inventory, { reservationId }) => inventory.extend({ reservationId }),
  (inventory, { orderId }) => inventory.cancelOrder({ orderId }),
  (inventory, { orderId, reservationId: bundleId }) =>
    inventory.releaseBundle({ orderId, bundleId })
]

/** An answer or an error as text, without the ids that were asked for. */
const answerTo = async (attempt: Promise<unknown>, { orderId, reservationId }: Ids) => {
  const answer = await attempt.catch((error) => {
    if (!isHoldfastError(error)) throw error
    return error.toJSON()
  })
  return (JSON.stringify(answer) ?? "nothing")
    .replaceAll(orderId, "ORDER")
    .replaceAll(reservationId, "HOLD")
}

const nothingLeaks = async (options: { readonly url: string } | Record<never, never>) => {
  await using inventory = await createInventory(options)
  await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 20_000 })
  const ann = inventory.as(user("ann"))
  const bob = inventory.as(user("bob"))
  const foreign = await forEach(orders, async (n): Promise<Ids> => {
    const orderId = `order-${String(n).padStart(5, "0")}`
    const [hold] = await ann.reserve({ orderId, lines, ttl: 86_400 })
    return { orderId, reservationId: hold?.id ?? "" }
  })
  expect(new Set(foreign.map(({ reservationId }) => reservationId)).size).toBe(orders)
  const before = await inventory.stock("mug")
  expect(before.reservedQuantity).toBe(orders)
  const leaks: Array<string> = []
  const answered = new Map<string, number>()
  await forEach(orders, async (n) => {
    const there = foreign[n] as Ids
    // The same length, and never used.
    const unknown = {
      orderId: `nobody${String(n).padStart(5, "0")}`,
      reservationId: crypto.randomUUID()
    }
    // Each id is tried in two ways, and all ways are tried equally often.
    for (const way of [n % attempts.length, (n * 3 + 1) % attempts.length]) {
      const attempt = attempts[way] as (typeof attempts)[number]
      const [one, other] = await Promise.all(
        [there, unknown].map((ids) => answerTo(attempt(bob, ids), ids))
      )
      if (one !== other) leaks.push(`${way}: ${one} is not ${other}`)
      const code = /"code":"(\w+)"/.exec(one ?? "")?.[1] ?? "nothing to see"
      answered.set(code, (answered.get(code) ?? 0) + 1)
    }
  })
  expect(leaks).toEqual([])
  expect(Object.fromEntries([...answered].sort())).toEqual({
    BundleNotFound: 2_000,
    OrderNotFound: 4_000,
    OrderNotPlaced: 2_000,
    ReservationNotFound: 6_000,
    "nothing to see": 6_000
  })
  await forEach(200, async (n) => {
    const { orderId } = foreign[n * 50] as Ids
    const taken = await bob.reserve({ orderId, lines }).catch((error) => error)
    expect(isHoldfastError(taken, "OrderNotFound") && taken.details).toEqual({ orderId })
  })
  // The version of a SKU counts its events: there is none more.
  expect(await inventory.stock("mug")).toEqual(before)
  expect(await ann.reservationsOfOrder("order-09999")).toMatchObject({
    items: [{ ownerId: "ann", status: "PENDING" }]
  })
}

describePostgres(18, "S9 the orders of somebody else, on PostgreSQL", () => {
  it("are answered as orders that are not there, 10,000 of them", async () => {
    await using database = await ownDatabase()
    await nothingLeaks({ url: database.url })
  })
})

describe("S9 the orders of somebody else, on PGlite", () => {
  it("are answered as orders that are not there, 10,000 of them", () => nothingLeaks({}))
})
