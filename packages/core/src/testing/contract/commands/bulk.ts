/** Contract: one request with up to 1,000 changes of stock. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import type { InputOf } from "../../../inventory/services/inventoryMethods.ts"
import { eventsOfSku, ledgerOf, unitsOf } from "../reads/looking.ts"
import {
  atOnce,
  type ContractIt,
  freshLocation,
  freshSku,
  Stage,
  severalEngines,
  upTo
} from "../Stage.ts"

type Lines = InputOf<"ChangeStock">["lines"]

/** The lines of a nightly feed. */
export const bulk = (it: ContractIt): void => {
  it.effect("takes 1,000 lines by id and by code, and answers each", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const skuIds = yield* Effect.forEach(upTo(10), () => freshSku(0))
      const lines: Lines = upTo(1_000).map((n) => {
        const skuId = skuIds[n % 10] ?? ""
        const named = n % 20 < 10 ? { skuId } : { code: skuId.toUpperCase() }
        return { type: "RECEIPT", ...named, quantity: 1 }
      })
      const answer = yield* inventory.changeStock({ lines, reference: "feed" })
      expect([answer.changed, answer.refused, answer.lines.length]).toEqual([1_000, 0, 1_000])
      for (const skuId of skuIds) {
        expect((yield* unitsOf(skuId)).total).toBe(100)
        const rows = yield* ledgerOf(skuId)
        expect(new Set(rows.map((row) => row.reference))).toEqual(new Set(["feed"]))
      }
    })
  )

  it.effect(
    "leaves the good lines in place when others are refused, and answers a repeat the same",
    () =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        const { fresh } = yield* Stage
        const [tea, old, locationId] = [
          yield* freshSku(5),
          yield* freshSku(0),
          yield* freshLocation()
        ]
        yield* inventory.archiveSku({ skuId: old })
        const lines: Lines = [
          { type: "COUNT", code: tea.toUpperCase(), countedQuantity: 7, expectedQuantity: 5 },
          { type: "RECEIPT", code: old.toUpperCase(), quantity: 1 },
          { type: "RECEIPT", skuId: old, quantity: 1 },
          { type: "RECEIPT", skuId: fresh("unknown"), quantity: 1 },
          { type: "COUNT", skuId: tea, countedQuantity: 2, locationId },
          { type: "ADJUSTMENT", skuId: tea, quantity: -1, reason: "broken" }
        ]
        const key = { idempotencyKey: fresh("key") }
        const first = yield* inventory.changeStock({ lines }, key)
        const tags = first.lines.map((line) =>
          line._tag === "Refused" ? line.refusal._tag : line.movements[0]?.quantity
        )
        expect(tags).toEqual([2, "SkuCodeNotFound", "SkuArchived", "SkuNotFound", 2, -1])
        yield* inventory.receive({ skuId: tea, quantity: 100 })
        expect(yield* inventory.changeStock({ lines }, key)).toEqual(first)
        expect((yield* unitsOf(tea)).total).toBe(108)
      })
  )

  it.effect("changes nothing when a line is refused and it is all or nothing", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const { fresh } = yield* Stage
      const skuId = yield* freshSku(5)
      const lines: Lines = [
        { type: "RECEIPT", skuId, quantity: 3 },
        { type: "COUNT", skuId, countedQuantity: 1, expectedQuantity: 5 }
      ]
      const key = { idempotencyKey: fresh("key") }
      const refused = yield* Effect.flip(inventory.changeStock({ lines, allOrNothing: true }, key))
      expect(refused).toMatchObject({
        _tag: "LinesRefused",
        lines: [{ line: 1, path: "lines.1.expectedQuantity" }]
      })
      expect((yield* unitsOf(skuId)).total).toBe(5)
      const changed = yield* inventory.changeStock(
        { lines: lines.slice(0, 1), allOrNothing: true },
        key
      )
      expect(changed).toMatchObject({ changed: 1, refused: 0 })
      expect((yield* unitsOf(skuId)).total).toBe(8)
    })
  )

  it.effect("takes back and names holds of a SKU that a line names by its code", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const { fresh } = yield* Stage
      const skuId = yield* freshSku(5)
      yield* inventory.reserve({ orderId: fresh("order"), lines: [{ skuId, quantity: 5 }] })
      const line = { type: "COUNT", code: skuId.toUpperCase(), countedQuantity: 3 } as const
      const refused = yield* inventory.changeStock({ lines: [line] })
      expect(refused.lines).toMatchObject([
        { refusal: { _tag: "PromisesInTheWay", holds: [{ quantity: 5 }] } }
      ])
      const taken = yield* inventory.changeStock({
        lines: [{ ...line, onShortfall: "RELEASE_NEWEST" }]
      })
      expect(taken.lines).toMatchObject([{ released: [{ status: "RELEASED" }] }])
      expect(yield* unitsOf(skuId)).toEqual({ total: 3, reserved: 0, available: 3 })
    })
  )

  it.effect("numbers the events of a SKU without gaps when requests and lines meet", () =>
    Effect.gen(function* () {
      const engines = yield* severalEngines
      const skuIds = [yield* freshSku(0), yield* freshSku(0), yield* freshSku(0)]
      const ended = yield* atOnce(
        engines.flatMap((engine, turn) =>
          upTo(8).map((n) => {
            const lines: Lines = upTo(6).map((k) => {
              const skuId = skuIds[(k + turn + n) % 3] ?? ""
              const named = k % 2 === 0 ? { skuId } : { code: skuId.toUpperCase() }
              return { type: "RECEIPT", ...named, quantity: 1 }
            })
            return engine.changeStock({ lines })
          })
        )
      )
      expect(ended.filter(({ answer }) => answer?.changed !== 6)).toEqual([])
      const total = (engines.length * 8 * 6) / 3
      for (const skuId of skuIds) {
        expect((yield* unitsOf(skuId)).total).toBe(total)
        const versions = (yield* eventsOfSku(skuId)).map((event) => event.version)
        expect(versions).toEqual(versions.map((_, n) => n + 1))
      }
    })
  )
}
