/**
 * Contract: a line may name an option of the catalog. Its SKUs are held, all or none, and a repeat is
 * answered as before whatever the catalog says by then.
 */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { StockReads } from "../../../inventory/ports/StockReads.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import { InventoryQueries } from "../../../inventory/services/InventoryQueries.ts"
import { checkCommand } from "../../../inventory/services/readCommand.ts"
import type { Reservation } from "../../../inventory/state/Reservation.ts"
import type { OptionId } from "../../../kernel/Identifier.ts"
import { freshOption, joined, productId, set } from "../GivenCatalog.ts"
import { eventsOfSku, holdsOf, unitsOf } from "../reads/looking.ts"
import { type ContractIt, Stage, upTo } from "../Stage.ts"

/** Reserving by option. */
export const optionLines = (it: ContractIt): void => {
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
          optionIds: [unknown],
          hasCatalog: true
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

  it.effect("S3 answers with the state of a placed order, whatever the catalog says by then", () =>
    joined((catalog) =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        const { fresh } = yield* Stage
        const { optionId, orderId } = yield* set(catalog)
        const lines = [{ optionId, quantity: 1 }]
        const placed = yield* inventory.placeOrder({ orderId, lines })
        catalog.options.delete(optionId)
        expect(yield* inventory.placeOrder({ orderId, lines })).toEqual(placed)
        catalog.isAway = true
        expect(yield* inventory.placeOrder({ orderId, lines })).toEqual(placed)
        expect(
          yield* Effect.flip(inventory.placeOrder({ orderId: fresh("order"), lines }))
        ).toMatchObject({ _tag: "StoreError", reason: "Unavailable" })
      })
    )
  )

  it.effect("S3 refuses options without a catalog, and says so", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const { fresh } = yield* Stage
      const optionId = freshOption()
      const lines = [{ optionId, quantity: 1 }]
      expect(yield* Effect.flip(inventory.reserve({ orderId: fresh("order"), lines }))).toEqual({
        _tag: "UnknownOption",
        optionIds: [optionId],
        hasCatalog: false
      })
    })
  )
}
