/**
 * Contract: what was reserved by an option is one thing. Its mapping is frozen on the holds, its
 * parts change together, and a repeat is answered as before whatever the catalog says by then.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { type MappedOption, OptionMappings } from "../../../inventory/ports/OptionMappings.ts"
import { StockReads } from "../../../inventory/ports/StockReads.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import { InventoryQueries } from "../../../inventory/services/InventoryQueries.ts"
import { checkCommand } from "../../../inventory/services/readCommand.ts"
import type { Reservation } from "../../../inventory/state/Reservation.ts"
import { OptionId, ProductId, type SkuId } from "../../../kernel/Identifier.ts"
import { StoreError } from "../../../kernel/StoreError.ts"
import { eventsOfSku, holdsOf, unitsOf } from "../reads/looking.ts"
import {
  anotherEngine,
  atOnce,
  type ContractIt,
  freshSku,
  type OnStage,
  Stage,
  upTo
} from "../Stage.ts"

let options = 0

/** An id that no other option has. */
const freshOption = (): OptionId =>
  OptionId.make(`00000000-0000-7000-8000-${String(++options).padStart(12, "0")}`)

const productId = ProductId.make("00000000-0000-7000-8000-ffffffffffff")

/** A catalog that answers what it is told to. */
class GivenCatalog {
  readonly options = new Map<OptionId, MappedOption>()
  isAway = false

  readonly layer = Layer.succeed(OptionMappings, {
    isJoined: true,
    optionsOf: (ids) =>
      Effect.suspend(() =>
        this.isAway
          ? Effect.fail(
              new StoreError({ reason: "Unavailable", message: "the catalog does not answer" })
            )
          : Effect.succeed(
              ids.map((optionId) => this.options.get(optionId) ?? { _tag: "Unknown", optionId })
            )
      )
  })

  /** Sells an option that takes so many units of each SKU. */
  sells(mapping: ReadonlyArray<readonly [SkuId, number]>, optionId = freshOption()): OptionId {
    const skuMappings = mapping.map(([skuId, quantity]) => ({ skuId, quantity }))
    this.options.set(optionId, { _tag: "ForSale", optionId, productId, skuMappings })
    return optionId
  }
}

/** Runs a test with a catalog joined to an engine of its own. */
const joined = <A, E>(
  test: (catalog: GivenCatalog) => Effect.Effect<A, E, OnStage | InventoryQueries | Scope.Scope>
) =>
  Effect.suspend(() => {
    const catalog = new GivenCatalog()
    return Effect.gen(function* () {
      const inventory = yield* anotherEngine()
      return yield* test(catalog).pipe(
        Effect.provide(InventoryQueries.layer),
        Effect.provideService(Inventory, inventory)
      )
    }).pipe(Effect.provide(catalog.layer))
  })

/** Two SKUs in stock, and an option that takes one of the first and two of the second. */
const set = (catalog: GivenCatalog, [mugs, teas]: readonly [number, number] = [5, 10]) =>
  Effect.gen(function* () {
    const { fresh } = yield* Stage
    const [mug, tea] = [yield* freshSku(mugs), yield* freshSku(teas)]
    const optionId = catalog.sells([
      [mug, 1],
      [tea, 2]
    ])
    return { mug, tea, optionId, orderId: fresh("order") }
  })

const bundleIdOf = (holds: ReadonlyArray<Reservation>): string =>
  holds[0]?.bundle?.bundleId ?? "none"

const reserving = (it: ContractIt): void => {
  it.effect("S3 holds each SKU of an option, and keeps the mapping on the holds", () =>
    joined((catalog) =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        const { heldOptions } = yield* StockReads
        const { mug, optionId, orderId, tea } = yield* set(catalog)
        const holds = yield* inventory.reserve({
          orderId,
          lines: [
            { optionId, quantity: 2, lineId: "line" },
            { skuId: tea, quantity: 1 }
          ]
        })
        const bundleId = holds[0]?.id as string
        const part = { orderId, lineId: "line", status: "PENDING" }
        expect(holds).toMatchObject([
          { ...part, skuId: mug, quantity: 2, bundle: { bundleId, optionId, perBundle: 1 } },
          { ...part, skuId: tea, quantity: 4, bundle: { bundleId, optionId, perBundle: 2 } },
          { orderId, lineId: null, skuId: tea, quantity: 1 }
        ])
        expect(holds[2]).not.toHaveProperty("bundle")
        expect(new Set(holds.map(({ expiresAt }) => String(expiresAt))).size).toBe(1)
        const byId = (a: Reservation, b: Reservation) => (a.id < b.id ? -1 : 1)
        expect(yield* holdsOf(orderId)).toEqual(holds.toSorted(byId))
        expect(yield* heldOptions([freshOption(), optionId])).toEqual([optionId])
        const events = yield* eventsOfSku(mug)
        expect(events.at(-1)).toMatchObject({ payload: { bundle: { bundleId, optionId } } })
        yield* inventory.releaseBundle({ orderId, bundleId })
        expect(yield* heldOptions([optionId])).toEqual([])
      })
    )
  )

  it.effect("S3 does not count a lapsed hold of an option as open", () =>
    joined((catalog) =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        const { heldOptions } = yield* StockReads
        const { advance } = yield* Stage
        const { optionId, orderId } = yield* set(catalog)
        yield* inventory.reserve({ orderId, lines: [{ optionId, quantity: 1 }], ttl: 1 })
        yield* advance("1 second")
        expect(yield* heldOptions([optionId])).toEqual([])
      })
    )
  )

  it.effect("S3 sums the SKUs of all lines, and names the option and the SKU that is short", () =>
    joined((catalog) =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        const queries = yield* InventoryQueries
        const { mug, optionId, orderId, tea } = yield* set(catalog, [5, 5])
        const lines = [
          { skuId: mug, quantity: 1 },
          { optionId, quantity: 2 },
          { optionId, quantity: 1 }
        ]
        const short = {
          line: 2,
          lineId: null,
          skuId: tea,
          locationId: null,
          requested: 2,
          available: 1,
          optionId
        }
        expect(yield* Effect.flip(inventory.reserve({ orderId, lines }))).toEqual({
          _tag: "InsufficientStock",
          lines: [short]
        })
        expect(yield* queries.checkAvailability({ lines })).toEqual({
          isAvailable: false,
          shortLines: [short]
        })
        expect(yield* inventory.placeOrder({ orderId, lines })).toMatchObject({
          _tag: "Rejected",
          short: [short]
        })
        expect(yield* unitsOf(mug)).toMatchObject({ reserved: 0 })
      })
    )
  )

  it.effect("S3 refuses what the catalog does not know or sell, and writes nothing", () =>
    joined((catalog) =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        const { mug, optionId: sold, orderId } = yield* set(catalog)
        const [unknown, withdrawn] = [freshOption(), freshOption()]
        catalog.options.set(withdrawn, {
          _tag: "NotForSale",
          optionId: withdrawn,
          productId,
          reason: "INACTIVE"
        })
        const refused = (...optionIds: ReadonlyArray<OptionId>) =>
          Effect.flip(
            inventory.reserve({
              orderId,
              lines: optionIds.map((optionId) => ({ optionId, quantity: 1 }))
            })
          )
        expect(yield* refused(sold, withdrawn, unknown)).toEqual({
          _tag: "UnknownOption",
          optionIds: [unknown]
        })
        expect(yield* refused(sold, withdrawn)).toEqual({
          _tag: "OptionNotForSale",
          options: [{ optionId: withdrawn, productId, reason: "INACTIVE" }]
        })
        catalog.isAway = true
        expect(yield* refused(sold)).toMatchObject({ _tag: "StoreError", reason: "Unavailable" })
        yield* inventory.reserve({ orderId, lines: [{ skuId: mug, quantity: 1 }] })
        expect(yield* holdsOf(orderId)).toHaveLength(1)
      })
    )
  )

  it.effect("S3 bounds the lines and the units that options become", () =>
    joined((catalog) =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        const { optionId, orderId, tea } = yield* set(catalog)
        const refused = (lines: ReadonlyArray<{ optionId: OptionId; quantity: number }>) =>
          Effect.flip(inventory.reserve({ orderId, lines }))
        expect(
          yield* refused([
            { optionId, quantity: 1 },
            { optionId, quantity: 500_000_001 }
          ])
        ).toEqual({
          _tag: "InvalidInput",
          issues: [
            {
              path: "lines.1.quantity",
              message: `is 1000000002 units of the SKU "${tea}", and must be at most 1000000000`
            }
          ]
        })
        expect(yield* refused(upTo(1_001).map(() => ({ optionId, quantity: 1 })))).toEqual({
          _tag: "InvalidInput",
          issues: [{ path: "lines", message: "are 2002 lines of SKUs, and must be at most 2000" }]
        })
      })
    )
  )

  it.effect("S3 answers a repeat as before, whatever the catalog says by then", () =>
    joined((catalog) =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        const { fresh } = yield* Stage
        const { mug, optionId, orderId } = yield* set(catalog)
        const idempotencyKey = fresh("key")
        const input = { orderId, lines: [{ optionId, quantity: 1 }] }
        const first = yield* inventory.reserve(input, { idempotencyKey })
        const again = Effect.gen(function* () {
          const checked = yield* Effect.fromResult(checkCommand({ _tag: "ReserveStock", ...input }))
          return yield* inventory.execute(checked, { idempotencyKey })
        })
        const replayed = { isReplayed: true, answer: first }
        catalog.sells([[mug, 3]], optionId)
        expect(yield* again).toEqual(replayed)
        catalog.options.delete(optionId)
        expect(yield* again).toEqual(replayed)
        catalog.isAway = true
        expect(yield* again).toEqual(replayed)
        expect(
          yield* Effect.flip(inventory.reserve(input, { idempotencyKey: fresh("key") }))
        ).toMatchObject({ _tag: "StoreError", reason: "Unavailable" })
      })
    )
  )

  it.effect("S3 refuses options without a catalog, and names the field", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const { fresh } = yield* Stage
      const lines = [{ optionId: freshOption(), quantity: 1 }]
      const message = "needs a catalog, and this inventory has none; name a SKU by skuId"
      expect(yield* Effect.flip(inventory.reserve({ orderId: fresh("order"), lines }))).toEqual({
        _tag: "InvalidInput",
        issues: [{ path: "lines.0.optionId", message }]
      })
    })
  )
}

const changing = (it: ContractIt): void => {
  it.effect("S3 changes a bundle as a whole, and no part of it alone", () =>
    joined((catalog) =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        const { mug, optionId, orderId, tea } = yield* set(catalog)
        const holds = yield* inventory.reserve({ orderId, lines: [{ optionId, quantity: 2 }] })
        const bundleId = bundleIdOf(holds)
        for (const { id: reservationId } of holds) {
          const named = { _tag: "BundleLine", reservationId, orderId, bundleId, optionId }
          expect(yield* Effect.flip(inventory.release({ reservationId }))).toEqual({
            ...named,
            action: "release"
          })
          expect(yield* Effect.flip(inventory.resize({ reservationId, quantity: 1 }))).toEqual({
            ...named,
            action: "resize"
          })
          expect(yield* Effect.flip(inventory.extend({ reservationId }))).toEqual({
            ...named,
            action: "extend"
          })
        }
        catalog.sells([[mug, 5]], optionId)
        const larger = yield* inventory.resizeBundle({ orderId, bundleId, quantity: 3 })
        expect(larger.map(({ quantity, skuId }) => [skuId, quantity])).toEqual([
          [mug, 3],
          [tea, 6]
        ])
        expect(
          yield* Effect.flip(inventory.resizeBundle({ orderId, bundleId, quantity: 6 }))
        ).toMatchObject({
          _tag: "InsufficientStock",
          lines: [
            { skuId: mug, optionId, requested: 6, available: 5 },
            { skuId: tea, optionId, requested: 12, available: 10 }
          ]
        })
        const longer = yield* inventory.extendBundle({ orderId, bundleId, ttl: 3_600 })
        expect(new Set(longer.map(({ expiresAt }) => String(expiresAt))).size).toBe(1)
        const gone = yield* inventory.releaseBundle({ orderId, bundleId })
        expect(gone.map(({ status }) => status)).toEqual(["RELEASED", "RELEASED"])
        expect(yield* inventory.releaseBundle({ orderId, bundleId })).toEqual(gone)
        expect(yield* unitsOf(tea)).toMatchObject({ reserved: 0, available: 10 })
      })
    )
  )

  it.effect("S3 ships a part of a bundle by its reservation, as a parcel", () =>
    joined((catalog) =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        const { optionId, orderId } = yield* set(catalog)
        const holds = yield* inventory.reserve({ orderId, lines: [{ optionId, quantity: 1 }] })
        yield* inventory.confirmOrder({ orderId })
        const [first] = holds
        if (first === undefined) throw new Error("nothing was held")
        expect(yield* inventory.fulfil({ reservationId: first.id })).toMatchObject({
          status: "FULFILLED",
          bundle: { optionId }
        })
        const bundleId = bundleIdOf(holds)
        const rest = yield* inventory.releaseBundle({ orderId, bundleId, confirmed: true })
        expect(rest.map(({ status }) => status)).toEqual(["FULFILLED", "RELEASED"])
      })
    )
  )

  it.effect("S3 finds no bundle of another order, and none that nobody made", () =>
    joined((catalog) =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        const { mug, optionId, orderId } = yield* set(catalog)
        const holds = yield* inventory.reserve({
          orderId,
          lines: [
            { optionId, quantity: 1 },
            { skuId: mug, quantity: 1 }
          ]
        })
        const not = (order: string, bundleId: string) =>
          Effect.flip(inventory.releaseBundle({ orderId: order, bundleId }))
        const bundleId = bundleIdOf(holds)
        const [, , plain] = holds
        const found = { _tag: "BundleNotFound" }
        expect(yield* not("another", bundleId)).toEqual({ ...found, orderId: "another", bundleId })
        expect(yield* not(orderId, plain?.id ?? "")).toMatchObject(found)
        expect(yield* not(orderId, freshOption())).toMatchObject(found)
      })
    )
  )

  it.effect("S3 keeps a bundle in another cart only as long as its option maps the same", () =>
    joined((catalog) =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        const { mug, optionId, orderId, tea } = yield* set(catalog)
        const cart = (quantity: number) =>
          inventory.reserve({ orderId, lines: [{ optionId, quantity }], replace: true })
        const ids = (holds: ReadonlyArray<Reservation>) => holds.map(({ id }) => id)
        const first = yield* cart(1)
        const larger = yield* cart(2)
        expect(ids(larger)).toEqual(ids(first))
        expect(larger.map(({ quantity }) => quantity)).toEqual([2, 4])
        catalog.sells(
          [
            [mug, 1],
            [tea, 3]
          ],
          optionId
        )
        const other = yield* cart(2)
        expect(other.map(({ quantity }) => quantity)).toEqual([2, 6])
        expect(ids(other).filter((id) => ids(first).includes(id))).toEqual([])
        expect(yield* unitsOf(tea)).toMatchObject({ reserved: 6 })
        expect(yield* unitsOf(mug)).toMatchObject({ reserved: 2 })
      })
    )
  )

  it.effect("S3 takes other holds before a part of a bundle, and frees what is left of it", () =>
    joined((catalog) =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        const { fresh } = yield* Stage
        const { mug, optionId, orderId, tea } = yield* set(catalog, [5, 4])
        const plain = fresh("order")
        yield* inventory.reserve({ orderId: plain, lines: [{ skuId: mug, quantity: 2 }] })
        const holds = yield* inventory.reserve({ orderId, lines: [{ optionId, quantity: 2 }] })
        const lower = (quantity: number) =>
          inventory.adjust({ skuId: mug, quantity, reason: "lost", onShortfall: "RELEASE_NEWEST" })
        expect((yield* lower(-2)).released.map((hold) => hold.orderId)).toEqual([plain])
        expect((yield* lower(-2)).released.map((hold) => hold.orderId)).toEqual([orderId])
        const bundleId = bundleIdOf(holds)
        const checked = yield* Effect.fromResult(
          checkCommand({ _tag: "BreakBundle", orderId, bundleId })
        )
        yield* inventory.execute(checked)
        yield* inventory.execute(checked)
        expect((yield* holdsOf(orderId)).map((hold) => hold.releaseReason)).toEqual([
          "SHORTFALL",
          "SHORTFALL"
        ])
        expect(yield* unitsOf(tea)).toMatchObject({ reserved: 0 })
        yield* inventory.receive({ skuId: mug, quantity: 5 })
        const again = yield* inventory.confirmOrder({ orderId, reacquire: true })
        expect(again.map(({ bundle, status }) => [status, bundle?.bundleId])).toEqual([
          ["CONFIRMED", bundleId],
          ["CONFIRMED", bundleId]
        ])
      })
    )
  )

  it.effect(
    "S3 never confirms or releases a part of a bundle that is made at the same instant",
    () =>
      joined((catalog) =>
        Effect.gen(function* () {
          const inventory = yield* Inventory
          const other = yield* anotherEngine()
          const { fresh } = yield* Stage
          const { mug, optionId } = yield* set(catalog, [100, 200])
          for (const _ of upTo(10)) {
            const orderId = fresh("order")
            yield* inventory.reserve({ orderId, lines: [{ skuId: mug, quantity: 1 }] })
            yield* atOnce([
              Effect.asVoid(inventory.reserve({ orderId, lines: [{ optionId, quantity: 1 }] })),
              Effect.asVoid(other.confirmOrder({ orderId }))
            ])
            const parts = (yield* holdsOf(orderId)).filter(({ bundle }) => bundle !== undefined)
            expect(parts).toHaveLength(2)
            expect(new Set(parts.map(({ status }) => status)).size).toBe(1)
          }
        })
      )
  )
}

/** Holds that were made through options. */
export const bundles = (it: ContractIt): void => {
  reserving(it)
  changing(it)
}
