/** Contract: references that are booked once, what is found by them, and returns of an order. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { StockReads } from "../../../inventory/ports/StockReads.ts"
import { Inventory } from "../../../inventory/services/Inventory.ts"
import type { StockMovement } from "../../../inventory/state/StockMovement.ts"
import { begun, gated } from "../batches/gathering.ts"
import { unitsOf } from "../reads/looking.ts"
import {
  anotherEngine,
  atOnce,
  type ContractIt,
  freshLocation,
  freshSku,
  Stage,
  severalEngines
} from "../Stage.ts"

/** What was booked under a reference, page by page. */
const bookedUnder = (reference: string, limit = 2) =>
  Effect.gen(function* () {
    const reads = yield* StockReads
    const rows: Array<StockMovement> = []
    while (true) {
      const after = rows.at(-1) ?? null
      const page = yield* reads.movementsOfReference({ reference, after, limit })
      rows.push(...page)
      if (page.length < limit) return rows
    }
  })

/** An order of so many units of a SKU that have left. */
const shipped = (skuId: string, quantity: number) =>
  Effect.gen(function* () {
    const inventory = yield* Inventory
    const { fresh } = yield* Stage
    const orderId = fresh("order")
    yield* inventory.reserve({ orderId, lines: [{ skuId, quantity }] })
    yield* inventory.confirmOrder({ orderId })
    yield* inventory.fulfilOrder({ orderId })
    return orderId
  })

/** References and returns. */
export const references = (it: ContractIt): void => {
  it.effect("S9 books a reference once when it is for one booking, and names the first", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const { fresh } = yield* Stage
      const [skuId, other, locationId] = [
        yield* freshSku(0),
        yield* freshSku(0),
        yield* freshLocation()
      ]
      const note = { reference: fresh("DN"), onceOnly: true }
      const first = yield* inventory.receive({ skuId, quantity: 5, ...note })
      const again = { skuId, quantity: 4, locationId, ...note }
      const refused = yield* Effect.flip(inventory.receive(again))
      expect(refused).toMatchObject({
        _tag: "ReferenceTaken",
        reference: note.reference,
        movementType: "RECEIPT",
        movementId: first.movements[0]?.id,
        quantity: 5
      })
      // Another SKU of the same note, another kind of movement, and one that need not be alone.
      yield* inventory.receive({ skuId: other, quantity: 1, ...note })
      yield* inventory.ship({ skuId, quantity: 1, ...note })
      yield* inventory.receive({ skuId, quantity: 2, reference: note.reference })
      expect((yield* unitsOf(skuId)).total).toBe(6)
    })
  )

  it.effect("S9 books a reference once in a race of several engines", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const engines = yield* severalEngines
      const [skuId, moved] = [yield* freshSku(100), yield* freshSku(100)]
      const places = [yield* freshLocation(), yield* freshLocation()]
      const note = { reference: fresh("DN"), onceOnly: true }
      const ended = yield* atOnce(
        engines.flatMap((engine) => [
          engine.receive({ skuId, quantity: 7, ...note }),
          engine.receive({ skuId, quantity: 7, locationId: places[0] ?? "", ...note }),
          engine.returnStock({ skuId, quantity: 3, ...note }),
          engine.adjust({ skuId, quantity: -1, reason: "torn", ...note }),
          engine.transfer({
            skuId: moved,
            fromLocationId: "default",
            toLocationId: places[1] ?? "",
            quantity: 40,
            ...note
          })
        ])
      )
      expect(ended.filter(({ answer }) => answer !== undefined)).toHaveLength(4)
      const others = ended.flatMap(({ refusal }) => refusal?._tag ?? [])
      expect(new Set(others)).toEqual(new Set(["ReferenceTaken"]))
      expect((yield* unitsOf(skuId)).total).toBe(109)
      const rows = yield* bookedUnder(note.reference)
      expect(rows.map(({ type }) => type).sort()).toEqual(
        ["ADJUSTMENT", "RECEIPT", "RETURN", "TRANSFER_IN", "TRANSFER_OUT"].sort()
      )
    })
  )

  it.effect(
    "S9 books the lines of one request as one booking, and a second request not at all",
    () =>
      Effect.gen(function* () {
        const inventory = yield* Inventory
        const { fresh } = yield* Stage
        const [tea, salt] = [yield* freshSku(0), yield* freshSku(0)]
        const note = { reference: fresh("DN"), onceOnly: true }
        const lines = [tea, salt, tea].map(
          (skuId) => ({ type: "RECEIPT", code: skuId.toUpperCase(), quantity: 2 }) as const
        )
        expect(yield* inventory.changeStock({ lines, ...note })).toMatchObject({ changed: 3 })
        const again = yield* inventory.changeStock({ lines, ...note })
        expect(again).toMatchObject({ changed: 0, refused: 3 })
        expect(again.lines[1]).toMatchObject({
          path: "lines.1.reference",
          refusal: { _tag: "ReferenceTaken", skuId: salt, quantity: 2 }
        })
        expect((yield* unitsOf(tea)).total).toBe(4)
      })
  )

  it.effect("S9 finds movements by their reference, of all SKUs and of one", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const { advance, fresh } = yield* Stage
      const [left, right, locationId] = [
        yield* freshSku(0),
        yield* freshSku(0),
        yield* freshLocation()
      ]
      const reference = fresh("DN")
      for (const skuId of [right, left, right]) {
        yield* inventory.receive({ skuId, quantity: 1, reference })
        yield* inventory.receive({ skuId, quantity: 1, reference, locationId })
        yield* inventory.receive({ skuId, quantity: 1, reference: `${reference}-other` })
        yield* advance("1 second")
      }
      const rows = yield* bookedUnder(reference)
      expect(rows.map((row) => row.skuId)).toEqual(
        [left, left, right, right, right, right].sort((a, b) => (a < b ? -1 : Number(a > b)))
      )
      const instants = rows.filter((row) => row.skuId === right).map((row) => row.createdAt)
      expect(instants).toEqual(
        [...instants].sort((a, b) => a.epochMilliseconds - b.epochMilliseconds)
      )
      const of = { skuId: right, reference, before: null, limit: 10 }
      expect(yield* reads.movements(of)).toEqual(
        rows.filter((row) => row.skuId === right).reverse()
      )
      expect(yield* reads.movements({ ...of, locationId })).toHaveLength(2)
      expect(yield* bookedUnder(fresh("nothing"))).toEqual([])
    })
  )

  it.effect("S9 takes back no more of an order than it got, over all returns that name it", () =>
    Effect.gen(function* () {
      const inventory = yield* Inventory
      const reads = yield* StockReads
      const [skuId, other] = [yield* freshSku(10), yield* freshSku(10)]
      const orderId = yield* shipped(skuId, 5)
      const back = (quantity: number) => inventory.returnStock({ skuId, quantity, orderId })
      expect((yield* back(3)).movements).toMatchObject([{ type: "RETURN", quantity: 3, orderId }])
      expect(yield* Effect.flip(back(3))).toEqual({
        _tag: "ReturnExceedsOrder",
        orderId,
        skuId,
        requested: 3,
        fulfilledQuantity: 5,
        returnedQuantity: 3
      })
      yield* back(2)
      const refused = yield* Effect.flip(
        inventory.returnStock({ skuId: other, quantity: 1, orderId })
      )
      expect(refused).toMatchObject({ _tag: "ReturnExceedsOrder", fulfilledQuantity: 0 })
      // A return that names no order is not checked.
      yield* inventory.returnStock({ skuId, quantity: 9 })
      expect((yield* unitsOf(skuId)).total).toBe(19)
      const [newest] = yield* reads.movements({ skuId, before: null, limit: 1 })
      expect(newest).not.toHaveProperty("orderId")
    })
  )

  it.effect("S9 takes back no more of an order than it got in a race of several engines", () =>
    Effect.gen(function* () {
      const engines = yield* severalEngines
      const skuId = yield* freshSku(10)
      const orderId = yield* shipped(skuId, 5)
      const ended = yield* atOnce(
        engines.flatMap((engine) =>
          [2, 2, 2].map((quantity) => engine.returnStock({ skuId, quantity, orderId }))
        )
      )
      expect(ended.filter(({ answer }) => answer !== undefined)).toHaveLength(2)
      expect((yield* unitsOf(skuId)).total).toBe(9)
    })
  )

  it.effect("S9 finds the booking of a SKU that gets its code in the same batch", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const { arrived, batches, open, store } = yield* gated
      const engine = yield* anotherEngine({}, store)
      const inventory = yield* Inventory
      const [first, skuId] = [yield* freshSku(1), yield* freshSku(5)]
      const note = { reference: fresh("DN"), onceOnly: true }
      yield* inventory.receive({ skuId, quantity: 5, ...note })
      yield* inventory.reserve({ orderId: fresh("order"), lines: [{ skuId, quantity: 10 }] })
      const ahead = yield* begun(engine.receive({ skuId: first, quantity: 1 }))
      yield* arrived
      const code = fresh("NEW")
      const recoding = yield* begun(engine.updateSku({ skuId, code }))
      const changing = yield* begun(
        engine.changeStock({
          lines: [
            { type: "RECEIPT", code, quantity: 5, ...note },
            { type: "COUNT", code, countedQuantity: 4 }
          ]
        })
      )
      yield* open
      yield* Fiber.join(ahead)
      yield* Fiber.join(recoding)
      expect(yield* Fiber.join(changing)).toMatchObject({
        lines: [
          { refusal: { _tag: "ReferenceTaken", reference: note.reference, skuId } },
          { refusal: { _tag: "PromisesInTheWay", holds: [{ quantity: 10 }] } }
        ]
      })
      expect(batches).toHaveLength(2)
      expect((yield* unitsOf(skuId)).total).toBe(10)
    })
  )
}
