/**
 * Contract: what was reserved by an option is one thing. Its mapping is frozen on the holds, and its
 * parts change together.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { StockReads } from "../../../inventory/ports/StockReads.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import { checkCommand } from "../../../inventory/services/readCommand.ts"
import type { Reservation } from "../../../inventory/state/Reservation.ts"
import { freshOption, joined, set } from "../GivenCatalog.ts"
import { holdsOf, unitsOf } from "../reads/looking.ts"
import { anotherEngine, atOnce, type ContractIt, Stage, upTo } from "../Stage.ts"

const bundleIdOf = (holds: ReadonlyArray<Reservation>): string =>
  holds[0]?.bundle?.bundleId ?? "none"

/** Bundles: the holds of one line of an option. */
export const bundles = (it: ContractIt): void => {
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

  it.effect("S3 takes a bundle that is not paid before a hold that is", () =>
    joined((catalog) =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        const { fresh } = yield* Stage
        const { mug, optionId, orderId } = yield* set(catalog, [5, 4])
        const paid = fresh("order")
        const [hold] = yield* inventory.reserve({
          orderId: paid,
          lines: [{ skuId: mug, quantity: 2 }]
        })
        yield* inventory.confirm({ reservationId: hold?.id ?? "" })
        yield* inventory.reserve({ orderId, lines: [{ optionId, quantity: 2 }] })
        const lower = (quantity: number) =>
          inventory.adjust({
            ...{ skuId: mug, quantity, reason: "lost" },
            ...{ onShortfall: "RELEASE_NEWEST", includeConfirmed: true }
          })
        expect((yield* lower(-3)).released.map((hold) => hold.orderId)).toEqual([orderId])
        expect((yield* lower(-1)).released.map((hold) => hold.orderId)).toEqual([paid])
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
        const { brokenBundles } = yield* StockReads
        expect(yield* brokenBundles(1_000, null)).toContainEqual({ orderId, bundleId })
        expect(yield* brokenBundles(1_000, 3_600_000)).toContainEqual({ orderId, bundleId })
        expect(yield* brokenBundles(1_000, 0)).not.toContainEqual({ orderId, bundleId })
        const checked = yield* Effect.fromResult(
          checkCommand({ _tag: "BreakBundle", orderId, bundleId })
        )
        yield* inventory.execute(checked)
        yield* inventory.execute(checked)
        expect(yield* brokenBundles(1_000, null)).not.toContainEqual({ orderId, bundleId })
        expect((yield* holdsOf(orderId)).map((hold) => hold.releaseReason)).toEqual([
          "SHORTFALL",
          "SHORTFALL"
        ])
        expect(yield* unitsOf(tea)).toMatchObject({ reserved: 0 })
        yield* inventory.receive({ skuId: mug, quantity: 5 })
        for (const { id: reservationId } of holds) {
          const named = { reservationId, orderId, bundleId, optionId, action: "reacquire" }
          expect(yield* Effect.flip(inventory.confirm({ reservationId, reacquire: true }))).toEqual(
            { _tag: "BundleLine", ...named }
          )
        }
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
