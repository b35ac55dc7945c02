/** Options follow the stock of their SKUs over real tables, in one database or in two. */
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { it, vi } from "@effect/vitest"
import { Catalog, CatalogLog, CatalogReads, type Product } from "@holdfast/core/catalog"
import { expireLapsed, Inventory, InventoryLog } from "@holdfast/core/inventory"
import { layerSoldOut } from "@holdfast/core/shelf"
import { keepOnLeash, scopedDatabase } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerPglite, layerPostgres } from "../../src/effect.ts"
import { freshPglite, until } from "../engines.ts"
import { joinedOver } from "./twoDatabases.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

const price = { amount: "10.00", currency: "EUR" }

/** A product that takes so many mugs. */
const sell = (quantity: number) =>
  Effect.flatMap(Catalog, (catalog) =>
    catalog.createProduct({
      name: `Mugs by ${quantity}`,
      type: quantity === 1 ? "NORMAL" : "BUNDLE",
      options: [{ name: "Blue", price, skuMappings: [{ skuId: "mug", quantity }] }]
    })
  )

const stocked = (initialStock: number) =>
  Effect.flatMap(Inventory, (inventory) =>
    inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock })
  )

/** Waits until the only options of these products have these statuses. */
const becomes = (products: ReadonlyArray<Product.Product>, ...wanted: ReadonlyArray<string>) =>
  Effect.flatMap(CatalogReads, (reads) =>
    until(
      Effect.map(reads.products(products.map(({ id }) => id)), (found) => {
        const statuses = new Map(found.map(({ id, options }) => [id, options[0]?.status]))
        return products.every(({ id }, index) => statuses.get(id) === wanted[index])
      })
    )
  )

/** How far the follower has come in the log of the inventory, when it has handled all of it. */
const hasFollowed = Effect.flatMap(InventoryLog, (log) =>
  until(
    Effect.gen(function* () {
      const head = yield* log.head
      return (yield* log.cursors.list).some(
        ({ name, position }) => name === "sold-out" && position >= head
      )
    })
  )
)

/** A shop that sells one and two of a mug, from three on hand to one, and back by a lapse. */
const story = (clock: { millis: number }) =>
  Effect.gen(function* () {
    const inventory = yield* Inventory
    const catalog = yield* Catalog
    yield* stocked(3)
    const products = [yield* sell(1), yield* sell(2), yield* sell(1)]
    const [, , withdrawn] = products
    if (withdrawn === undefined) throw new Error("there are three products")
    yield* catalog.updateOption({
      productId: withdrawn.id,
      optionId: withdrawn.options[0]?.id ?? "",
      status: "INACTIVE"
    })
    const lines = [{ skuId: "mug", quantity: 2 }]
    yield* inventory.reserve({ orderId: "1", lines, ttl: 60 })
    yield* becomes(products, "ACTIVE", "SOLD_OUT", "INACTIVE")
    yield* inventory.ship({ skuId: "mug", quantity: 1 })
    yield* becomes(products, "SOLD_OUT", "SOLD_OUT", "INACTIVE")
    clock.millis += 61_000
    yield* expireLapsed
    yield* becomes(products, "ACTIVE", "ACTIVE", "INACTIVE")
    yield* inventory.updateLocation({ locationId: "default", name: "Renamed" })
    yield* hasFollowed
    yield* becomes(products, "ACTIVE", "ACTIVE", "INACTIVE")
  })

/** Two followers in one process, over sessions of their own. */
const told = (
  world: (
    now: Effect.Effect<DateTime.Utc>
  ) => Layer.Layer<Layer.Success<ReturnType<typeof joinedOver>>, unknown>
): Effect.Effect<void, unknown> => {
  const clock = { millis: Date.UTC(2030, 0, 1) }
  const now = Effect.sync(() => DateTime.makeUnsafe(clock.millis))
  const one = layerSoldOut({ owner: "one" })
  const two = layerSoldOut({ owner: "two" })
  return Effect.provide(story(clock), Layer.provideMerge(Layer.merge(one, two), world(now)))
}

it.live("follows stock on PGlite, one database for both", () => {
  const sessions = freshPglite
  return told((now) => joinedOver(sessions, sessions, now))
})

it.live("follows stock on PGlite, a database for each", () =>
  told((now) =>
    joinedOver(Layer.fresh(freshPglite), Layer.fresh(layerPglite({ memory: true })), now)
  )
)

describePostgres(18, "on PostgreSQL", () => {
  it.live("follows stock in one database", () =>
    Effect.scoped(
      Effect.flatMap(scopedDatabase(), (url) => {
        const sessions = layerPostgres({ url })
        return told((now) => joinedOver(sessions, sessions, now))
      })
    )
  )

  it.live("goes on where a follower was killed, in two databases", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const [catalogUrl, inventoryUrl] = [yield* scopedDatabase(), yield* scopedDatabase()]
        const world = joinedOver(
          layerPostgres({ url: catalogUrl }),
          layerPostgres({ url: inventoryUrl })
        )
        yield* Effect.gen(function* () {
          const inventory = yield* Inventory
          yield* stocked(1)
          const products = [yield* sell(1), yield* sell(2)]
          const script = fileURLToPath(new URL("followerProcess.ts", import.meta.url))
          const child = keepOnLeash(
            fork(script, [catalogUrl, inventoryUrl], {
              execArgv: ["--conditions=@holdfast/source"]
            })
          )
          yield* becomes(products, "ACTIVE", "SOLD_OUT")
          const lines = [{ skuId: "mug", quantity: 1 }]
          const [hold] = yield* inventory.reserve({ orderId: "1", lines })
          yield* becomes(products, "SOLD_OUT", "SOLD_OUT")
          const ended = new Promise((resolve) => child.once("exit", resolve))
          child.kill("SIGKILL")
          yield* Effect.promise(() => ended)
          yield* inventory.release({ reservationId: hold?.id ?? "" })
          // Nobody sweeps meanwhile: what is found is found by the cursor that the killed one left.
          const sweep = "sold-out-sweep"
          const { cursors } = yield* CatalogLog
          const take = { kind: "SUBSCRIPTION", owner: "slow", leaseMillis: 600_000 } as const
          yield* until(
            Effect.map(cursors.take(sweep, { ...take, from: null }), (lease) => lease !== null)
          )
          yield* Effect.scoped(
            Effect.andThen(
              Layer.build(layerSoldOut({ owner: "the next" })),
              becomes(products, "ACTIVE", "SOLD_OUT")
            )
          )
        }).pipe(Effect.provide(world))
      })
    )
  )
})
