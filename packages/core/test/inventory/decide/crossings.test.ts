import { describe, expect, it } from "@effect/vitest"
import { eventsOf, given, namesOf } from "../../../src/testing/given.ts"
import {
  adjust,
  confirm,
  count,
  expire,
  fulfil,
  held,
  line,
  place,
  receive,
  register,
  release,
  replace,
  reserve,
  resize,
  tea,
  transfer,
  update
} from "./words.ts"

describe("sold out and back in stock", () => {
  it("is raised once when the last unit is promised, and once when one comes free", () => {
    const stock = tea(3)
    expect(namesOf(stock.happens(reserve("a", line("tea", 2))))).toEqual(["reserved"])
    const last = held(stock, reserve("b", line("tea", 1)))
    expect(namesOf(stock.rows.events.slice(-2))).toEqual(["reserved", "depleted"])
    expect(namesOf(stock.happens(confirm(last)))).toEqual(["confirmed"])
    expect(namesOf(stock.happens(fulfil(last)))).toEqual(["updated", "fulfilled"])
    expect(namesOf(stock.happens(receive("tea", 1)))).toEqual(["updated", "replenished"])
    expect(namesOf(stock.happens(receive("tea", 1)))).toEqual(["updated"])
  })

  it("is raised for the command as a whole: not when it ends where it began", () => {
    const stock = tea(2)
    stock.and(reserve("o", line("tea", 2)))
    expect(namesOf(stock.happens(replace("o", line("tea", 2, { lineId: "new" }))))).toEqual([
      "released",
      "reserved"
    ])
  })

  it("is of the SKU over its sellable locations, and names the one that caused it", () => {
    const stock = tea(1).and(
      place("east", { priority: 900 }),
      place("back", { sellable: false }),
      receive("tea", 1, "east"),
      receive("tea", 9, "back")
    )
    expect(namesOf(stock.happens(reserve("o", line("tea", 1))))).toEqual(["reserved"])
    const events = stock.happens(reserve("p", line("tea", 1)))
    expect(eventsOf(events, "inventory.stock.depleted")[0]?.payload).toEqual({
      skuId: "tea",
      locationId: "east",
      level: { totalQuantity: 1, reservedQuantity: 1, availableQuantity: 0 },
      sku: { totalQuantity: 2, reservedQuantity: 2, availableQuantity: 0 }
    })
    const back = stock.happens(transfer("tea", 1, "back", "default"))
    expect(eventsOf(back, "inventory.stock.replenished")[0]?.payload).toMatchObject({
      locationId: "default"
    })
  })

  it("is raised when a policy brings it about", () => {
    const stock = tea(2)
    expect(namesOf(stock.happens(update("tea", { safetyStock: 2 })))).toEqual([
      "updated",
      "depleted"
    ])
    expect(namesOf(stock.happens(update("tea", { backorderLimit: 1 })))).toEqual([
      "updated",
      "replenished"
    ])
  })

  it.each([
    ["a hold is released", "released"],
    ["a hold expires", "released"],
    ["a hold shrinks", "resized"]
  ])("is raised when %s", (how, name) => {
    const stock = tea(2)
    const hold = held(stock, { ...reserve("o", line("tea", 2)), ttl: 5 })
    const command =
      how === "a hold shrinks"
        ? resize(hold, 1)
        : how === "a hold expires"
          ? expire(hold)
          : release(hold)
    if (how === "a hold expires") stock.later(5)
    expect(namesOf(stock.happens(command))).toEqual([name, "replenished"])
  })

  it("is raised for each SKU of an order", () => {
    const stock = tea(1).and(register("cup", 1), register("pot", 2))
    const events = stock.happens(reserve("o", line("tea", 1), line("cup", 1), line("pot", 1)))
    expect(
      events
        .filter((event) => event.eventType === "inventory.stock.depleted")
        .map((event) => event.aggregateId)
    ).toEqual(["tea", "cup"])
  })

  it("is not raised for what was not there before and is not after", () => {
    const stock = tea(0)
    const events = stock.happens(count("tea", 0))
    expect(events).toEqual([])
    expect(namesOf(given().happens(register("cup", 0, { safetyStock: 5 })))).toEqual(["created"])
  })
})

describe("low stock", () => {
  const low = (units: number) => tea(units, { lowStockThreshold: 3 })

  it("is raised once as the threshold is reached or passed, and again only after a rise", () => {
    const stock = low(6)
    expect(namesOf(stock.happens(reserve("a", line("tea", 2))))).toEqual(["reserved"])
    const events = stock.happens(reserve("b", line("tea", 1)))
    expect(namesOf(events)).toEqual(["reserved", "low"])
    expect(eventsOf(events, "inventory.stock.low")[0]?.payload).toMatchObject({
      lowStockThreshold: 3,
      sku: { availableQuantity: 3 }
    })
    expect(namesOf(stock.happens(reserve("c", line("tea", 1))))).toEqual(["reserved"])
    expect(namesOf(stock.happens(receive("tea", 2)))).toEqual(["updated"])
    expect(namesOf(stock.happens(adjust("tea", -2)))).toEqual(["updated", "low"])
  })

  it("is raised beside sold out when one command passes both", () => {
    expect(namesOf(low(5).happens(reserve("o", line("tea", 5))))).toEqual([
      "reserved",
      "depleted",
      "low"
    ])
  })

  it("of 0 is raised when the last unit goes, and none is raised without a threshold", () => {
    const stock = tea(1, { lowStockThreshold: 0 })
    expect(namesOf(stock.happens(reserve("o", line("tea", 1))))).toEqual([
      "reserved",
      "depleted",
      "low"
    ])
    expect(namesOf(tea(1).happens(reserve("o", line("tea", 1))))).toEqual(["reserved", "depleted"])
  })
})
