import { describe, expect, it } from "@effect/vitest"
import type { CommandOf } from "../../../src/inventory/messages/InventoryCommand.ts"
import { beginning, eventsOf, given, namesOf } from "../../../src/testing/given.ts"
import {
  archive,
  change,
  held,
  line,
  place,
  receive,
  register,
  reserve,
  ship,
  tea,
  unarchive,
  update,
  written
} from "./words.ts"

describe("registering a SKU", () => {
  it("makes it known with the policy of a careful shop", () => {
    const stock = given()
    const sku = stock.accepts(
      written<CommandOf<"RegisterSku">>({
        _tag: "RegisterSku",
        skuId: "tea",
        code: "TEA",
        name: "Tea"
      })
    )
    expect(sku).toEqual({
      id: "tea",
      code: "TEA",
      name: "Tea",
      description: null,
      weight: null,
      volume: null,
      backorderLimit: 0,
      safetyStock: 0,
      lowStockThreshold: null,
      createdAt: beginning,
      archivedAt: null
    })
    expect(stock.level("tea")).toMatchObject({ totalQuantity: 0, version: 1, promiseLimit: 0 })
  })

  it("takes the command's own id when none is given", () => {
    const stock = given()
    const { commandId } = stock.nextOrigin()
    const sku = stock.accepts({ _tag: "RegisterSku", code: "TEA", name: "Tea" }, { commandId })
    expect(sku.id).toBe(commandId)
  })

  it("receives the initial stock at the place that is named, with a level at the default too", () => {
    const stock = given().and(place("east"))
    const events = stock.happens(register("tea", 7, { locationId: "east" }))
    expect(namesOf(events)).toEqual(["created", "updated", "replenished"])
    expect(stock.level("tea", "east").totalQuantity).toBe(7)
    expect(stock.level("tea").totalQuantity).toBe(0)
    expect(eventsOf(events, "inventory.stock.updated")[0]?.payload).toMatchObject({
      movementType: "RECEIPT",
      reason: "initial stock",
      level: { totalQuantity: 7, reservedQuantity: 0, availableQuantity: 7 },
      sku: { totalQuantity: 7, reservedQuantity: 0, availableQuantity: 7 }
    })
  })

  it("writes no movement when there is no initial stock", () => {
    expect(namesOf(given().happens(register("tea")))).toEqual(["created"])
  })

  it("refuses an id that is taken", () => {
    expect(tea(0).refuses(register("tea", 0, { code: "OTHER" }))).toEqual({
      _tag: "IdTaken",
      kind: "sku",
      id: "tea"
    })
  })

  it("refuses a code that is taken, and tells codes apart by case", () => {
    const stock = tea(0)
    expect(stock.refuses(register("other", 0, { code: "TEA" }))).toEqual({
      _tag: "SkuCodeTaken",
      code: "TEA"
    })
    expect(stock.accepts(register("other", 0, { code: "tea" })).code).toBe("tea")
  })

  it("refuses an unknown and a closed location", () => {
    const stock = given().and(place("shut", { active: false }))
    expect(stock.refuses(register("tea", 1, { locationId: "nowhere" }))).toEqual({
      _tag: "LocationNotFound",
      locationIds: ["nowhere"]
    })
    expect(stock.refuses(register("tea", 1, { locationId: "shut" }))).toEqual({
      _tag: "LocationUnavailable",
      locationId: "shut",
      reason: "INACTIVE"
    })
  })
})

describe("updating a SKU", () => {
  it("changes the fields that are given and leaves the rest", () => {
    const stock = tea(3, { description: "Green", weight: 0.5 })
    const sku = stock.accepts(update("tea", { name: "Green tea", description: null }))
    expect(sku).toMatchObject({ name: "Green tea", description: null, weight: 0.5, code: "TEA" })
    expect(stock.stock("tea").sku).toEqual(sku)
  })

  it("is answered without an event when it changes nothing", () => {
    const stock = tea(3)
    expect(stock.happens(update("tea", { name: "The tea", backorderLimit: 0 }))).toEqual([])
    expect(stock.happens(update("tea", {}))).toEqual([])
  })

  it("changes one level, to carry the version, and no promise limit", () => {
    const stock = tea(3).and(place("east"), receive("tea", 2, "east"))
    const versions = stock.stock("tea").levels.map((level) => level.version)
    stock.and(update("tea", { backorderLimit: 4, name: "Green" }))
    expect(stock.stock("tea").levels.map((level) => level.promiseLimit)).toEqual([0, 0])
    const after = stock.stock("tea").levels.map((level) => level.version)
    expect(after.filter((version, n) => version !== versions[n])).toHaveLength(1)
  })

  it("frees its old code for another", () => {
    const stock = tea(0).and(update("tea", { code: "GREEN" }))
    expect(stock.accepts(register("other", 0, { code: "TEA" })).code).toBe("TEA")
    expect(stock.refuses(update("other", { code: "GREEN" }))).toEqual({
      _tag: "SkuCodeTaken",
      code: "GREEN"
    })
    expect(stock.accepts(update("other", { code: "TEA" })).code).toBe("TEA")
  })

  it("refuses a SKU that is unknown or archived", () => {
    const stock = tea(0).and(archive("tea"))
    expect(stock.refuses(update("none", {}))).toEqual({ _tag: "SkuNotFound", skuIds: ["none"] })
    expect(stock.refuses(update("tea", { name: "X" }))).toEqual({
      _tag: "SkuArchived",
      skuIds: ["tea"]
    })
  })
})

describe("archiving a SKU", () => {
  it("takes it out of use, and is answered unchanged when repeated", () => {
    const stock = tea(0)
    const sku = stock.accepts(archive("tea"))
    expect(sku.archivedAt).toEqual(beginning)
    stock.later(60)
    expect(stock.happens(archive("tea"))).toEqual([])
    expect(stock.accepts(archive("tea"))).toEqual(sku)
  })

  it("is refused while stock lies anywhere, also where it is not sold", () => {
    const stock = tea(0).and(place("back", { sellable: false }), receive("tea", 2, "back"))
    expect(stock.refuses(archive("tea"))).toEqual({
      _tag: "SkuNotEmpty",
      skuId: "tea",
      totalQuantity: 2,
      reservedQuantity: 0
    })
    expect(stock.and(ship("tea", 2, { locationId: "back" })).accepts(archive("tea"))).toBeDefined()
  })

  it("is refused while a hold is open, and expires the ones that have lapsed", () => {
    const stock = tea(0, { backorderLimit: 2 })
    const hold = held(stock, { ...reserve("o", line("tea", 2)), ttl: 10 })
    expect(stock.refuses(archive("tea"))).toMatchObject({
      _tag: "SkuNotEmpty",
      reservedQuantity: 2
    })
    stock.later(10)
    const events = stock.happens(archive("tea"))
    expect(namesOf(events)).toEqual(["released", "archived", "replenished"])
    expect(stock.hold(hold.id).status).toBe("EXPIRED")
  })

  it("is refused for an unknown SKU", () => {
    expect(given().refuses(archive("tea"))).toEqual({ _tag: "SkuNotFound", skuIds: ["tea"] })
  })
})

describe("S11 un-archiving a SKU", () => {
  it("takes it into use again, and is answered unchanged when repeated", () => {
    const stock = tea(0).and(archive("tea"))
    const events = stock.happens(unarchive("tea"))
    expect(namesOf(events)).toEqual(["unarchived"])
    expect(stock.stock("tea").sku.archivedAt).toBeNull()
    expect(stock.happens(unarchive("tea"))).toEqual([])
    expect(stock.and(receive("tea", 2)).level("tea", "default").totalQuantity).toBe(2)
  })

  it("is refused for an unknown SKU", () => {
    expect(given().refuses(unarchive("tea"))).toEqual({ _tag: "SkuNotFound", skuIds: ["tea"] })
  })

  it("is refused while another SKU in use has the code, and not once it is free again", () => {
    const stock = tea(0).and(archive("tea"), register("heir", 0, { code: "TEA" }))
    expect(stock.refuses(unarchive("tea"))).toEqual({ _tag: "SkuCodeTaken", code: "TEA" })
    expect(stock.and(archive("heir")).accepts(unarchive("tea")).archivedAt).toBeNull()
    expect(stock.refuses(unarchive("heir"))).toEqual({ _tag: "SkuCodeTaken", code: "TEA" })
  })
})

describe("locations", () => {
  it("are made with a priority of 100, sellable and active", () => {
    const stock = given()
    expect(stock.accepts(place("east"))).toEqual({
      id: "east",
      name: "east",
      priority: 100,
      isDefault: false,
      sellable: true,
      active: true,
      version: 1
    })
    expect(stock.refuses(place("east"))).toEqual({ _tag: "IdTaken", kind: "location", id: "east" })
  })

  it("change in the fields that are given, one version a change, and not at all when nothing changes", () => {
    const stock = given().and(place("east"))
    expect(stock.accepts(change("east", { priority: 3 }))).toMatchObject({
      priority: 3,
      name: "east",
      version: 2
    })
    expect(stock.happens(change("east", { priority: 3 }))).toEqual([])
    expect(stock.refuses(change("west", {}))).toEqual({
      _tag: "LocationNotFound",
      locationIds: ["west"]
    })
  })

  it("have one default: making another one unmakes the first", () => {
    const stock = given()
    const events = stock.happens(place("east", { isDefault: true }))
    expect(events.map((event) => [event.aggregateId, event.version])).toEqual([
      ["default", 2],
      ["east", 1]
    ])
    expect(stock.location("default").isDefault).toBe(false)
    stock.and(register("tea", 4))
    expect(stock.level("tea", "east").totalQuantity).toBe(4)
    stock.and(change("default", { isDefault: true }))
    expect(stock.location("east").isDefault).toBe(false)
  })

  it.each([
    ["made the default while it is closed", place("x", { isDefault: true, active: false })],
    ["made the default while it does not sell", place("x", { isDefault: true, sellable: false })],
    ["closed while it is the default", change("default", { active: false })],
    ["taken out of sale while it is the default", change("default", { sellable: false })],
    ["unmade the default without another", change("default", { isDefault: false })]
  ])("refuse to be %s", (_, command) => {
    expect(given().refuses(command)).toEqual({
      _tag: "DefaultLocationRequired",
      locationId: command.locationId
    })
  })

  it("that are closed keep their stock and their holds, and let go of both", () => {
    const stock = tea(0).and(place("east"), receive("tea", 5, "east"))
    const hold = held(stock, reserve("o", line("tea", 2, { locationId: "east" })))
    stock.and(change("east", { active: false }))
    expect(stock.accepts({ _tag: "ConfirmReservation", reservationId: hold.id }).status).toBe(
      "CONFIRMED"
    )
    expect(stock.accepts({ _tag: "FulfilReservation", reservationId: hold.id }).status).toBe(
      "FULFILLED"
    )
    expect(stock.accepts(ship("tea", 3, { locationId: "east" })).levels).toMatchObject([
      { totalQuantity: 0 }
    ])
  })
})
