/**
 * A random story of a shop, held to a count of its own: after each step every option must have the
 * status that the units on hand allow, counted one unit of the option after another. The count knows
 * what is at each place and who holds it, and nothing of how the inventory works that out.
 */
import { expect } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { Catalog, type CatalogReads } from "../../src/catalog.ts"
import { expireLapsed, Inventory } from "../../src/inventory.ts"
import { optionId, productId, sell, settle, shelf } from "./soldOutWorld.ts"

const skus = ["a", "b", "c"] as const
type Sku = (typeof skus)[number]
const places = ["default", "shop"] as const
type Place = (typeof places)[number]
const numbers = [1, 2, 3, 4, 5]

type Mapping = Readonly<Partial<Record<Sku, number>>>

/** Singles, a pair, and bundles that share SKUs. */
const mappings: ReadonlyArray<Mapping> = [
  { a: 1 },
  { a: 2 },
  { a: 1, b: 1 },
  { b: 2, c: 3 },
  { a: 1, b: 1, c: 1 }
]

/** What happened in the stories. */
export const happenings = [
  "sold out",
  "back",
  "sold out at one unit of two",
  "back when holds lapsed",
  "moved by a place",
  "moved by a policy",
  "moved by a mapping",
  "left as a person set it",
  "nothing moved while the inventory was away"
] as const
export type Happening = (typeof happenings)[number]

interface Hold {
  readonly id: string
  readonly sku: Sku
  readonly place: Place
  readonly quantity: number
  readonly lapsesAt: number
}

/** The kinds of steps. A step is a number: its kind, and what it is about. */
const kinds = 9
/** The kind in which a person sets a status. */
const decidingKind = 7
/** How many different steps there are. */
export const stepsMax = kinds * 60

const keyOf = (sku: Sku, place: Place) => `${sku} ${place}`

/** What the shop has, as a person with a sheet of paper would know it. */
const makeSheet = () => {
  const sheet = {
    totals: new Map<string, number>(),
    safety: new Map<Sku, number>(),
    closed: new Set<Place>(),
    person: new Map<number, "INACTIVE" | "SOLD_OUT">(),
    mapped: new Map<number, Mapping>(),
    holds: [] as ReadonlyArray<Hold>
  }
  const heldAt = (sku: Sku, place: Place, now: number) =>
    sheet.holds
      .filter((hold) => hold.sku === sku && hold.place === place && hold.lapsesAt > now)
      .reduce((sum, { quantity }) => sum + quantity, 0)
  const freeAt = (sku: Sku, place: Place, now: number) =>
    (sheet.totals.get(keyOf(sku, place)) ?? 0) - heldAt(sku, place, now)
  const availableOf = (sku: Sku, now: number) => {
    const free = places
      .filter((place) => !sheet.closed.has(place))
      .reduce((sum, place) => sum + freeAt(sku, place, now), 0)
    return Math.max(0, free - (sheet.safety.get(sku) ?? 0))
  }
  /** Takes one unit of an option after another until a SKU runs out. */
  const unitsOf = (n: number, now: number) => {
    const left = new Map(skus.map((sku) => [sku, availableOf(sku, now)]))
    const needs = Object.entries(sheet.mapped.get(n) ?? {}) as ReadonlyArray<[Sku, number]>
    for (let units = 0; ; units++) {
      for (const [sku, quantity] of needs) {
        const rest = (left.get(sku) ?? 0) - quantity
        if (rest < 0) return units
        left.set(sku, rest)
      }
    }
  }
  const expected = (n: number, now: number) =>
    sheet.person.get(n) ?? (unitsOf(n, now) > 0 ? "ACTIVE" : "SOLD_OUT")
  return { ...sheet, sheet, freeAt, availableOf, expected }
}

/** A shop whose story begins. */
export const openShelf = Effect.fnUntraced(function* (
  inventoryState: { isAway: boolean },
  note: (what: Happening) => void
) {
  const inventory = yield* Inventory
  const catalog = yield* Catalog
  const paper = makeSheet()
  const { availableOf, closed, expected, freeAt, mapped, person, safety, sheet, totals } = paper
  let orders = 0

  const receive = Effect.fnUntraced(function* (sku: Sku, place: Place, quantity: number) {
    yield* inventory.receive({ skuId: sku, locationId: place, quantity })
    totals.set(keyOf(sku, place), (totals.get(keyOf(sku, place)) ?? 0) + quantity)
  })
  yield* inventory.registerLocation({ locationId: "shop", name: "Shop", priority: 1 })
  for (const sku of skus) {
    yield* inventory.registerSku({ skuId: sku, code: sku, name: sku })
    for (const place of places) yield* receive(sku, place, 2)
  }
  for (const n of numbers) {
    mapped.set(n, mappings[n - 1] ?? {})
    yield* sell(n, mapped.get(n) as Record<string, number>)
  }

  const reserve = Effect.fnUntraced(function* (sku: Sku, place: Place, now: number) {
    const room = Math.min(freeAt(sku, place, now), availableOf(sku, now))
    if (closed.has(place) || room < 1) return
    const quantity = Math.min(room, 2)
    const lines = [{ skuId: sku, locationId: place, quantity }]
    const orderId = `order-${orders++}`
    const [hold] = yield* inventory.reserve({ orderId, lines, ttl: 40 })
    if (hold === undefined) return
    const lapsesAt = now + 40_000
    sheet.holds = [...sheet.holds, { id: hold.id, sku, place, quantity, lapsesAt }]
  })
  const release = Effect.fnUntraced(function* (index: number, now: number) {
    const open = sheet.holds.filter(({ lapsesAt }) => lapsesAt > now)
    const hold = open[index % Math.max(1, open.length)]
    if (hold === undefined) return
    yield* inventory.release({ reservationId: hold.id })
    sheet.holds = sheet.holds.filter(({ id }) => id !== hold.id)
  })
  const ship = Effect.fnUntraced(function* (sku: Sku, place: Place, now: number) {
    if (freeAt(sku, place, now) < 1) return
    yield* inventory.ship({ skuId: sku, locationId: place, quantity: 1 })
    totals.set(keyOf(sku, place), (totals.get(keyOf(sku, place)) ?? 0) - 1)
  })
  const lapse = Effect.gen(function* () {
    yield* TestClock.adjust("41 seconds")
    yield* expireLapsed
    return "back when holds lapsed" as const
  })
  const turn = Effect.fnUntraced(function* (place: Place) {
    const sellable = closed.delete(place)
    if (!sellable) closed.add(place)
    yield* inventory.updateLocation({ locationId: place, sellable })
    return "moved by a place" as const
  })
  const policy = Effect.fnUntraced(function* (sku: Sku, units: number) {
    yield* inventory.updateSku({ skuId: sku, safetyStock: units })
    safety.set(sku, units)
    return "moved by a policy" as const
  })
  const remap = Effect.fnUntraced(function* (n: number, sku: Sku, quantity: number) {
    // One SKU is no bundle unless it takes two units or more.
    const to: Mapping = { [sku]: n === 1 ? 1 : quantity + 2 }
    mapped.set(n, to)
    yield* catalog.setSkuMappings({
      ...{ productId: productId(n), optionId: optionId(n) },
      skuMappings: Object.entries(to).map(([skuId, units]) => ({ skuId, quantity: units }))
    })
    return "moved by a mapping" as const
  })
  const decide = Effect.fnUntraced(function* (n: number, index: number) {
    const status = (["INACTIVE", "SOLD_OUT", "ACTIVE"] as const)[index % 3] ?? "ACTIVE"
    const [before] = yield* shelf(n)
    yield* catalog.updateOption({ productId: productId(n), optionId: optionId(n), status })
    // Who sends back what the stock has set changes nothing.
    if (before === `${status} by stock`) return
    if (status === "ACTIVE") person.delete(n)
    else person.set(n, status)
  })

  const act = (
    step: number,
    now: number
  ): Effect.Effect<Happening | void, unknown, CatalogReads> => {
    const about = Math.floor(step / kinds)
    const sku = skus[about % 3] ?? "a"
    const place = places[Math.floor(about / 3) % 2] ?? "default"
    const n = 1 + (about % 5)
    const kind = step % kinds
    if (kind <= 1) return reserve(sku, place, now)
    if (kind === 2) return receive(sku, place, 1 + (about % 2))
    if (kind === 3) return ship(sku, place, now)
    if (kind === 4) return release(about, now)
    if (kind === 5) return about % 2 === 0 ? turn("shop") : policy(sku, about % 5)
    if (kind === 6) return about % 2 === 0 ? reserve(sku, place, now) : remap(n, sku, about % 3)
    return kind === decidingKind ? decide(n, about) : reserve(sku, place, now)
  }

  const look = Effect.map(shelf(...numbers), (all) => all.map((said) => said?.split(" ")[0]))
  const settled = Effect.andThen(settle, look)

  /** Takes a step, and compares the shelf with the count. */
  return Effect.fnUntraced(function* (step: number) {
    const seen = yield* settled
    const now = yield* Clock.currentTimeMillis
    const isAwayStep = step % 7 === 0
    inventoryState.isAway = isAwayStep
    const isLapse = step % 23 === 1
    const doing = (isLapse ? lapse : act(step, now)) as typeof lapse
    const cause = yield* doing as Effect.Effect<
      Happening | void,
      never,
      Effect.Services<typeof lapse>
    >
    if (isAwayStep) {
      const during = yield* settled
      const byPerson = step % kinds === decidingKind && !isLapse
      expect(byPerson || during.every((status, index) => status === seen[index])).toBe(true)
      inventoryState.isAway = false
      yield* TestClock.adjust("1 seconds")
      yield* expireLapsed
    }
    const after = yield* settled
    const then = yield* Clock.currentTimeMillis
    const wanted = numbers.map((n) => expected(n, then))
    expect(after, `after step ${step}`).toEqual(wanted)
    const moved = numbers.filter((n, index) => seen[index] !== after[index] && !person.has(n))
    if (moved.length > 0 && cause !== undefined) note(cause)
    if (isAwayStep && moved.length > 0) note("nothing moved while the inventory was away")
    for (const [index, n] of numbers.entries()) {
      if (person.has(n)) note("left as a person set it")
      if (seen[index] === after[index] || person.has(n)) continue
      note(after[index] === "ACTIVE" ? "back" : "sold out")
      const needs = Object.entries(mapped.get(n) ?? {}) as ReadonlyArray<[Sku, number]>
      const isOneOfTwo = needs.some(([of, units]) => units > 1 && availableOf(of, then) === 1)
      if (after[index] === "SOLD_OUT" && isOneOfTwo) note("sold out at one unit of two")
    }
  })
})
