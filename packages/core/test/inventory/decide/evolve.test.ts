import { describe, expect, it } from "@effect/vitest"
import { eventIdOf, reservationIdOf, SkuId } from "../../../src/kernel/Identifier.ts"
import { eventsOf, given } from "../../../src/testing/given.ts"
import { ReplayedStock } from "../../../src/testing/invariants/ReplayedStock.ts"
import {
  archive,
  change,
  confirm,
  count,
  expire,
  extend,
  fulfil,
  held,
  line,
  place,
  receive,
  register,
  releaseOrder,
  reserve,
  resize,
  ship,
  tea,
  transfer,
  update
} from "./words.ts"

/** A world in which every kind of event has happened. */
const eventful = () => {
  const stock = tea(9, { backorderLimit: 2, lowStockThreshold: 5 }).and(
    place("east", { priority: 3 }),
    change("east", { name: "East" }),
    receive("tea", 4, "east"),
    transfer("tea", 1, "default", "east"),
    register("cup", 1),
    ship("cup", 1),
    archive("cup"),
    update("tea", { name: "Green tea", backorderLimit: 1 })
  )
  const first = held(stock, reserve("o", line("tea", 2)))
  const second = held(stock, { ...reserve("p", line("tea", 8)), ttl: 30 })
  stock.and(extend(first, 60), resize(first, 3), confirm(first), fulfil(first, 1)).later(30)
  held(stock, reserve("q", line("tea", 9)))
  return stock
    .and(count("tea", 2, { onShortfall: "ACCEPT" }), releaseOrder("q"))
    .and(expire(second))
}

describe("the event log", () => {
  it("leads to the rows that were written, from an empty world", () => {
    const { rows } = eventful()
    const replayed = new ReplayedStock().apply(rows.events)
    expect(replayed.stocks).toEqual(rows.stocks)
    expect(replayed.reservations).toEqual(rows.reservations)
    expect(replayed.locations).toEqual(rows.locations)
    expect(replayed.movements).toEqual(rows.movements)
  })

  it("survives a journey as JSON but for its instants, which are ISO 8601 text", () => {
    const { rows } = eventful()
    const text = JSON.stringify(rows.events)
    expect(text).toContain('"timestamp":"2026-03-01T09:00:00.000Z"')
    expect(JSON.parse(text)).toHaveLength(rows.events.length)
  })

  it("is from where a story may go on", () => {
    const { rows } = eventful()
    const stock = given(rows.events)
    expect(stock.stock("tea")).toEqual(rows.stocks.get("tea"))
    expect(stock.now).toEqual(rows.events.at(-1)?.timestamp)
  })

  it("ignores events of holds and SKUs that it does not know", () => {
    const { rows } = eventful()
    const replayed = new ReplayedStock().apply(eventsOf(rows.events, "inventory.stock.confirmed"))
    expect([replayed.stocks.size, replayed.reservations.size]).toEqual([0, 0])
  })
})

describe("ids", () => {
  it("of events, movements and reservations are derived from the command's own", () => {
    const stock = tea(5)
    const { commandId } = stock.nextOrigin()
    const holds = stock.accepts(reserve("o", line("tea", 1), line("tea", 1)), { commandId })
    expect(holds.map((hold) => hold.id)).toEqual(
      [0, 1].map((n) => reservationIdOf(commandId, n, SkuId.make("tea")))
    )
    const events = stock.rows.events.slice(-2)
    expect(events.map((event) => event.eventId)).toEqual([0, 1].map((n) => eventIdOf(commandId, n)))
    expect(new Set(events.map((event) => event.commandId))).toEqual(new Set([commandId]))
  })

  it("are the same at every try of a command", () => {
    const eventfulRows = () => {
      const stock = eventful()
      return JSON.stringify([...stock.rows.reservations.values(), ...stock.rows.movements])
    }
    expect(eventfulRows()).toBe(eventfulRows())
  })
})
