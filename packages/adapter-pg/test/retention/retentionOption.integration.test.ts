/** The option of a host: what is old goes by itself, and nothing that a follower may still need. */
import { describe, expect, it, vi } from "@effect/vitest"
import { type HoldfastInventory, isHoldfastError } from "@holdfast/core"
import { Inventory } from "@holdfast/core/inventory"
import { freshDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { layerPglite, layerPostgres } from "../../src/effect.ts"
import {
  createInventory,
  type EmbeddedOptions,
  type HoldfastOptions,
  type RetentionOptions,
  type UrlOptions
} from "../../src/index.ts"
import { engineOver } from "../engines.ts"
import { issuesOf, ownFolder, refusal } from "../promise/opened.ts"
import { hostPool } from "../transaction/hosts.ts"
import { cursorAt, overTheBorder } from "./border.ts"
import { run } from "./run.ts"

vi.setConfig({ testTimeout: 120_000 })

type Place = (EmbeddedOptions & { readonly folder: string }) | UrlOptions

const sessionsAt = (place: Place) =>
  place.url === undefined
    ? layerPglite({ folder: place.folder })
    : layerPostgres({ url: place.url })

/** The first instant of a month that lies so many months from this one. */
const monthsAway = (months: number) => {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1))
}

const day = (instant: Date) => instant.toISOString().slice(0, 10)

/**
 * Three months ago two SKUs had events on both sides of a border between partitions; one follower
 * has handled the second event. There is a movement of today too.
 */
const prepared = (place: Place) => {
  let at = monthsAway(-3)
  const now = Effect.sync(() => DateTime.makeUnsafe(at))
  return Effect.gen(function* () {
    yield* run(
      `create table inventory.stock_movements_${day(at).slice(0, 7).replace("-", "_")}
        partition of inventory.stock_movements
        for values from ('${day(at)}') to ('${day(monthsAway(-2))}')`
    )
    const { after, before } = yield* overTheBorder
    yield* cursorAt("slow", before[1])
    at = new Date()
    const inventory = yield* Inventory
    yield* inventory.receive({ skuId: "b", quantity: 1 })
    return { old: before, young: after, horizon: before.at(-1)?.position ?? 0 }
  }).pipe(Effect.provide(engineOver(sessionsAt(place), { storage: { now } })), Effect.runPromise)
}

/** The positions of the first page of events after one. */
const positionsAfter = async ({ events }: HoldfastInventory, after: number) => {
  for await (const page of events({ after })) return page.map(({ position }) => position)
  return []
}

/** What a test opens, and how the inventory is opened there. */
interface Opened extends AsyncDisposable {
  readonly place: Place
  readonly door: HoldfastOptions
}

/** An inventory with a retention, once it has logged that it did something. */
const openedBy = async ({ door }: Opened, retention: RetentionOptions, logged: string) => {
  const seen = Promise.withResolvers<string>()
  const options: HoldfastOptions = {
    ...door,
    retention,
    log: ({ message }) => {
      if (message.startsWith(logged)) seen.resolve(message)
    }
  }
  const inventory = await createInventory(options)
  return { inventory, message: await seen.promise }
}

const placeTests = (open: () => Promise<Opened>) => {
  it("drops old months, and keeps events that a follower has not passed", async () => {
    await using opened = await open()
    const { old } = await prepared(opened.place)
    const retention = { eventsDays: 30, unreadEventsDays: 36_500, movementsMonths: 1 }
    const { inventory, message } = await openedBy(opened, retention, "old rows were dropped")
    await using _ = inventory
    // Events are looked at before months, so that they would be in this line.
    expect(message).toMatch(/^old rows were dropped: stock_movements_\d{4}_\d\d$/)
    const { items } = await inventory.movements("b")
    expect(items.map(({ type }) => type)).toContain("OPENING")
    expect(items.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(
      (await inventory.stock("b")).totalQuantity
    )
    const positions = await positionsAfter(inventory, 0)
    expect(positions.slice(0, old.length)).toEqual(old.map(({ position }) => position))
    expect((await inventory.reconcile()).accuracy).toBe(1)
  })

  it("drops them once they are older than what is kept for followers, and says whose", async () => {
    await using opened = await open()
    const { horizon, young } = await prepared(opened.place)
    const retention = { eventsDays: 30, unreadEventsDays: 31 }
    const { inventory, message } = await openedBy(opened, retention, "events were dropped")
    await using _ = inventory
    // What seals the log may be on its way as well.
    expect(message).toMatch(/^events were dropped that cursors had not passed: (seals, )?slow$/)
    const error = await refusal(positionsAfter(inventory, 0))
    expect(isHoldfastError(error, "PositionGone") && error.details).toEqual({ after: 0, horizon })
    const positions = await positionsAfter(inventory, horizon)
    expect(positions.slice(0, young.length)).toEqual(young.map(({ position }) => position))
    const movements = await inventory.movements("b")
    expect(movements.items.map(({ type }) => type)).not.toContain("OPENING")
  })
}

describe("retention in a folder", () => {
  placeTests(async () => {
    const own = ownFolder()
    const place = { folder: own.folder }
    return { place, door: place, [Symbol.asyncDispose]: async () => own[Symbol.dispose]() }
  })
})

describePostgres(18, "retention on PostgreSQL", () => {
  placeTests(async () => {
    const { drop, url } = await freshDatabase()
    return { place: { url }, door: { url }, [Symbol.asyncDispose]: drop }
  })
})

describePostgres(18, "retention over a host's pool", () => {
  placeTests(async () => {
    const { drop, url } = await freshDatabase()
    const pool = hostPool({ connectionString: url, max: 5 })
    return {
      place: { url },
      door: { pool },
      [Symbol.asyncDispose]: async () => {
        await pool.end()
        await drop()
      }
    }
  })
})

describe("a retention that cannot be used", () => {
  it.each<[object, ReadonlyArray<string>]>([
    [{ retention: { eventsDays: 0 } }, ["retention.eventsDays: must be between 1 and 36500"]],
    [
      { retention: { movementsMonths: 1_201 } },
      ["retention.movementsMonths: must be between 1 and 1200"]
    ],
    [
      { retention: { eventDays: 30 } },
      [
        "retention.eventDays: is not a field (there are eventsDays, unreadEventsDays, movementsMonths)"
      ]
    ],
    [
      { retention: { unreadEventsDays: 30 } },
      ["retention.unreadEventsDays: is about events that are old anyway: give eventsDays too"]
    ],
    [
      { retention: { eventsDays: 30, unreadEventsDays: 29 } },
      ["retention.unreadEventsDays: must be at least eventsDays, which is 30"]
    ],
    [
      { retention: { eventsDays: 30 }, upkeep: false },
      ["retention: is done by upkeep: leave out upkeep: false"]
    ],
    [{ retention: [30] }, ["retention: must be a plain object with the options as its fields"]]
  ])("%j is refused by name", async (options, issues) => {
    expect(await issuesOf(createInventory(options))).toEqual(issues)
  })
})
