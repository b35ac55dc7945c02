import { describe, expect, it } from "@effect/vitest"
import {
  InventoryRefusal,
  type RefusalTag
} from "../../../src/inventory/messages/InventoryError.ts"
import { refusals } from "../../../src/inventory/messages/reported.ts"
import type { SkuCommand, SkuLine } from "../../../src/inventory/messages/SkuCommand.ts"
import { balanceMax } from "../../../src/kernel/Quantity.ts"
import { type GivenStock, given } from "../../../src/testing/given.ts"
import {
  adjust,
  archive,
  change,
  confirm,
  confirmOrder,
  count,
  expire,
  fulfil,
  fulfilOrder,
  giveBack,
  held,
  line,
  nobody,
  place,
  receive,
  register,
  releaseOrder,
  replace,
  reserve,
  resize,
  ship,
  teas,
  tooLarge,
  transfer,
  update
} from "./words.ts"

const order = InventoryRefusal.members.map((schema) => schema.fields._tag.schema.literal)

const known = "018f0000-0000-7000-8000-000000000001"

/** One SKU that is short, one that is archived, a closed place, a back room, a known hold. */
const world = () =>
  given().and(
    place("shut", { active: false }),
    place("back", { sellable: false }),
    place("east"),
    register("tea", 5),
    register("old"),
    archive("old"),
    reserve("known", line("tea", 1, { reservationId: known }))
  )

const withLevelAt = (stock: GivenStock, locationId: string, totalQuantity: number): GivenStock => {
  stock.and(receive("tea", 1, locationId))
  const { levels, ...rest } = stock.stock("tea")
  stock.rows.stocks.set("tea", {
    ...rest,
    levels: levels.map((it) => (it.locationId === locationId ? { ...it, totalQuantity } : it))
  })
  return stock
}

type Pair = readonly [
  first: RefusalTag,
  second: RefusalTag,
  asked: () => readonly [GivenStock, SkuCommand]
]

const at = (locationId: string) => ({ locationId })

const skusAndLocations: ReadonlyArray<Pair> = [
  ["LocationNotFound", "IdTaken", () => [world(), register("tea", 1, at("x"))]],
  [
    "LocationNotFound",
    "SkuCodeTaken",
    () => [world(), register("new", 1, { ...at("x"), code: "TEA" })]
  ],
  ["IdTaken", "SkuCodeTaken", () => [world(), register("tea")]],
  ["IdTaken", "LocationUnavailable", () => [world(), register("tea", 1, at("shut"))]],
  [
    "SkuCodeTaken",
    "LocationUnavailable",
    () => [world(), register("new", 1, { ...at("shut"), code: "TEA" })]
  ],
  ["SkuNotFound", "SkuCodeTaken", () => [world(), update("x", { code: "TEA" })]],
  ["SkuCodeTaken", "SkuArchived", () => [world(), update("old", { code: "TEA" })]],
  [
    "IdTaken",
    "DefaultLocationRequired",
    () => [world(), place("east", { isDefault: true, active: false })]
  ]
]

const movements: ReadonlyArray<Pair> = [
  ...[receive("x", 1, "y"), giveBack("x", 1, at("y")), ship("x", 1, at("y"))].map(
    (command): Pair => ["SkuNotFound", "LocationNotFound", () => [world(), command]]
  ),
  ["SkuNotFound", "LocationNotFound", () => [world(), adjust("x", 1, at("y"))]],
  ["SkuNotFound", "LocationNotFound", () => [world(), count("x", 1, at("y"))]],
  ["SkuNotFound", "LocationNotFound", () => [world(), transfer("x", 1, "y", "z")]],
  ["SkuNotFound", "LocationUnavailable", () => [world(), receive("x", 1, "shut")]],
  ["LocationNotFound", "SkuArchived", () => [world(), receive("old", 1, "y")]],
  ["LocationNotFound", "SkuArchived", () => [world(), ship("old", 1, at("y"))]],
  ["LocationNotFound", "SkuArchived", () => [world(), adjust("old", 1, at("y"))]],
  ["LocationNotFound", "SkuArchived", () => [world(), count("old", 1, at("y"))]],
  ["LocationNotFound", "SkuArchived", () => [world(), transfer("old", 1, "default", "y")]],
  ["SkuArchived", "LocationUnavailable", () => [world(), receive("old", 1, "shut")]],
  ["SkuArchived", "LocationUnavailable", () => [world(), giveBack("old", 1, at("shut"))]],
  ["SkuArchived", "LocationUnavailable", () => [world(), transfer("old", 1, "default", "shut")]],
  ["SkuArchived", "LocationUnavailable", () => [world(), adjust("old", 1, at("shut"))]],
  ["SkuArchived", "LocationUnavailable", () => [world(), count("old", 1, at("shut"))]],
  [
    "LocationUnavailable",
    "StaleExpectation",
    () => [world(), count("tea", 1, { ...at("shut"), expectedQuantity: 2 })]
  ],
  ["SkuArchived", "InsufficientOnHand", () => [world(), ship("old", 1)]],
  ["SkuArchived", "InsufficientOnHand", () => [world(), adjust("old", -1)]],
  ["SkuArchived", "InsufficientOnHand", () => [world(), transfer("old", 1, "default", "east")]],
  ["SkuArchived", "StaleExpectation", () => [world(), count("old", 1, { expectedQuantity: 2 })]],
  [
    "LocationUnavailable",
    "BalanceOutOfRange",
    () => [
      withLevelAt(world(), "east", balanceMax).and(change("east", { active: false })),
      receive("tea", 1, "east")
    ]
  ],
  [
    "LocationUnavailable",
    "InsufficientOnHand",
    () => [world(), transfer("tea", 9, "default", "shut")]
  ],
  ["InsufficientOnHand", "PromisesInTheWay", () => [world(), adjust("tea", -6)]],
  [
    "StaleExpectation",
    "PromisesInTheWay",
    () => [world(), count("tea", 0, { expectedQuantity: 4 })]
  ]
]

const confirmed = () => {
  const stock = world().and(reserve("o", line("tea", 1)))
  return stock.and(confirmOrder("o"))
}

const reservations: ReadonlyArray<Pair> = [
  [
    "SkuNotFound",
    "LocationNotFound",
    () => [world(), reserve("o", line("tea", 1, at("y")), line("x", 1))]
  ],
  ["SkuNotFound", "SkuArchived", () => [world(), reserve("o", line("old", 1), line("x", 1))]],
  [
    "LocationNotFound",
    "IdTaken",
    () => [world(), reserve("o", line("tea", 1, { reservationId: known }), line("tea", 1, at("y")))]
  ],
  [
    "IdTaken",
    "SkuArchived",
    () => [world(), reserve("o", line("old", 1), line("tea", 1, { reservationId: known }))]
  ],
  [
    "SkuArchived",
    "LocationUnavailable",
    () => [world(), reserve("o", line("tea", 1, at("shut")), line("old", 1))]
  ],
  [
    "LocationUnavailable",
    "OrderAlreadyConfirmed",
    () => [confirmed(), replace("o", line("tea", 1, at("shut")))]
  ],
  [
    "LocationUnavailable",
    "InsufficientStock",
    () => [world(), reserve("o", line("tea", 9), line("tea", 1, at("back")))]
  ],
  ["OrderAlreadyConfirmed", "InsufficientStock", () => [confirmed(), replace("o", line("tea", 9))]],
  [
    "LocationUnavailable",
    "OrderTooLarge",
    () => [
      large(...teas(2_000)).and(place("back", { sellable: false })),
      reserve("o", line("tea", 1, at("back")))
    ]
  ],
  [
    "OrderTooLarge",
    "InsufficientStock",
    () => [large(...teas(2_000)), reserve("o", line("tea", 4_000))]
  ],
  ["SkuNotFound", "OrderAlreadyConfirmed", () => [confirmed(), replace("o", line("x", 9))]]
]

/** A large order, partly lapsed, in a world with fewer teas than it asks for. */
const large = (...lines: ReadonlyArray<SkuLine>) =>
  given().and(register("tea", 4_001), { ...reserve("o", ...lines), ttl: 5 })

/** A hold of 2 teas that expired, of a SKU of which none is left. */
const expired = () => {
  const stock = given().and(register("tea", 2))
  const hold = held(stock, { ...reserve("o", line("tea", 2)), ttl: 5 })
  stock.later(5).and(expire(hold), ship("tea", 2))
  return { stock, hold }
}

const holds: ReadonlyArray<Pair> = [
  ["ReservationExpired", "InsufficientStock", () => [expired().stock, confirmOrder("o")]],
  [
    "ReservationExpired",
    "InsufficientStock",
    () => {
      const { hold, stock } = expired()
      return [stock, confirm(hold)]
    }
  ],
  [
    "ReservationExpired",
    "InsufficientStock",
    () => {
      const { hold, stock } = expired()
      return [stock, resize(hold, 9)]
    }
  ],
  [
    "ReservationExpired",
    "QuantityOutOfHold",
    () => {
      const { hold, stock } = expired()
      return [stock, fulfil(hold, 9)]
    }
  ],
  [
    "SkuArchived",
    "InsufficientStock",
    () => {
      const { hold, stock } = expired()
      return [stock.and(archive("tea")), confirm(hold, { reacquire: true })]
    }
  ],
  [
    "SkuArchived",
    "InsufficientStock",
    () => {
      const stock = given().and(register("tea", 1), register("cup", 1))
      stock.and({ ...reserve("o", line("tea", 1), line("cup", 1)), ttl: 5 }).later(5)
      stock.and(ship("tea", 1), ship("cup", 1), archive("cup"))
      return [stock, confirmOrder("o", { reacquire: true })]
    }
  ],
  [
    "ReservationConflict",
    "QuantityOutOfHold",
    () => {
      const stock = world()
      return [stock, fulfil(held(stock, reserve("o", line("tea", 1))), 9)]
    }
  ],
  [
    "ReservationConflict",
    "InsufficientStock",
    () => {
      const stock = confirmed()
      const hold = [...stock.rows.reservations.values()].at(-1) ?? nobody
      return [stock.and(fulfil(hold)), resize(hold, 99)]
    }
  ],
  [
    "QuantityOutOfHold",
    "InsufficientOnHand",
    () => {
      const stock = given().and(register("tea", 0, { backorderLimit: 2 }))
      const hold = held(stock, reserve("o", line("tea", 2)))
      return [stock.and(confirm(hold)), fulfil(hold, 3)]
    }
  ],
  [
    "OrderNotConfirmed",
    "InsufficientOnHand",
    () => {
      const stock = given().and(register("tea", 0, { backorderLimit: 2 }))
      return [stock.and(reserve("o", line("tea", 2))), fulfilOrder("o")]
    }
  ]
]

const orders: ReadonlyArray<Pair> = [
  ["OrderTooLarge", "OrderAlreadyConfirmed", () => [tooLarge(), replace("o", line("tea", 1))]],
  ["OrderTooLarge", "OrderNotConfirmed", () => [tooLarge(), fulfilOrder("o")]],
  ["OrderTooLarge", "ReservationExpired", () => [tooLarge(), confirmOrder("o")]],
  ["OrderTooLarge", "ReservationConflict", () => [tooLarge(), releaseOrder("o")]],
  ["OrderNotFound", "OrderTooLarge", () => [tooLarge(), confirmOrder("nobody's")]]
]

describe("precedence of refusals", () => {
  for (const [first, second, asked] of [
    ...skusAndLocations,
    ...movements,
    ...reservations,
    ...holds,
    ...orders
  ]) {
    const [, command] = asked()
    it(`answers ${first} before ${second} to ${command._tag}`, () => {
      const [stock, command] = asked()
      expect(order.indexOf(first)).toBeLessThan(order.indexOf(second))
      expect(stock.refuses(command)._tag).toBe(first)
    })
  }

  it("names all unknown locations of a transfer", () => {
    expect(world().refuses(transfer("tea", 1, "x", "y"))).toEqual({
      _tag: "LocationNotFound",
      locationIds: ["x", "y"]
    })
  })

  it("names every hold that is short when an order is taken again", () => {
    const stock = given().and(register("tea", 1), register("cup", 1), register("pot", 1))
    const lines = [line("tea", 1), line("cup", 1), line("pot", 1)]
    stock
      .and({ ...reserve("o", ...lines), ttl: 5 })
      .later(5)
      .and(ship("tea", 1), ship("pot", 1))
    expect(stock.refuses(confirmOrder("o", { reacquire: true }))).toMatchObject({
      _tag: "InsufficientStock",
      lines: [
        { line: 0, skuId: "tea", requested: 1, available: 0 },
        { line: 2, skuId: "pot", requested: 1, available: 0 }
      ]
    })
  })

  it("is the order of the page, and every refusal has a status and a slug of its own", () => {
    expect(Object.keys(refusals)).toEqual(order)
    const slugs = Object.values(refusals).map(({ slug }) => slug)
    expect(new Set(slugs).size).toBe(slugs.length)
    for (const slug of slugs) expect(slug).toMatch(/^[a-z]+(-[a-z]+)*$/)
  })
})
