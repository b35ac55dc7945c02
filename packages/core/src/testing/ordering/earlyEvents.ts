/** Contract: events about orders that come before the event they need. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { OrderFlow } from "../../ordering/OrderFlow.ts"
import { parkedMax } from "../../ordering/ParkedOrderEvents.ts"
import { unitsOf } from "../contract/reads/looking.ts"
import { atOnce, freshSku, Stage, upTo } from "../contract/Stage.ts"
import { eventNow, type FlowIt, send, wordsOf } from "./sending.ts"

/** An order of one unit, and its four events in the order in which they happened. */
const story = Effect.gen(function* () {
  const { advance, fresh } = yield* Stage
  const skuId = yield* freshSku(1)
  const orderId = fresh("flow")
  const event = (type: string, payload: object = {}) =>
    Effect.tap(eventNow(type, orderId, payload), () => advance("1 second"))
  const created = yield* event("order.created", { lines: [{ skuId, quantity: 1 }] })
  const paid = yield* event("order.paid")
  const fulfilled = yield* event("order.fulfilled")
  return { created, fulfilled, orderId, paid, skuId }
})

const deadOf = (orderId: string) =>
  Effect.gen(function* () {
    const flow = yield* OrderFlow
    const dead = yield* Effect.orDie(flow.deadLetters(null, 1_000))
    return dead.filter((letter) => letter.orderId === orderId)
  })

/** Events that come too early. */
export const earlyEvents = (it: FlowIt): void => {
  it.effect("S9 wait for the order, and are applied in the order in which they happened", () =>
    Effect.gen(function* () {
      const { created, fulfilled, paid, skuId } = yield* story
      expect(yield* send(fulfilled)).toEqual({ _tag: "Parked" })
      expect(yield* send(paid)).toEqual({ _tag: "Parked" })
      expect(yield* send(paid)).toEqual({ _tag: "Parked" })
      expect(wordsOf(yield* send(created))).toEqual(["Reserved", "Confirmed", "Fulfilled"])
      expect(wordsOf(yield* send(created))).toEqual(["Reserved"])
      expect(wordsOf(yield* send(paid))).toEqual(["Confirmed"])
      expect(yield* unitsOf(skuId)).toEqual({ total: 0, reserved: 0, available: 0 })
    })
  )

  it.effect("S9 wait for the payment too", () =>
    Effect.gen(function* () {
      const { created, fulfilled, paid } = yield* story
      expect(wordsOf(yield* send(created))).toEqual(["Reserved"])
      expect(yield* send(fulfilled)).toEqual({ _tag: "Parked" })
      expect(wordsOf(yield* send(paid))).toEqual(["Confirmed", "Fulfilled"])
    })
  )

  it.effect("S9 end cancelled when the cancellation overtakes the order", () =>
    Effect.gen(function* () {
      const { created, orderId, skuId } = yield* story
      const cancelled = yield* eventNow("order.cancelled", orderId)
      expect(yield* send(cancelled)).toEqual({ _tag: "Parked" })
      expect(wordsOf(yield* send(created))).toEqual(["Reserved", "Cancelled"])
      expect(yield* unitsOf(skuId)).toEqual({ total: 1, reserved: 0, available: 1 })
    })
  )

  it.effect("S9 that the order then refuses are dead letters with the sentence", () =>
    Effect.gen(function* () {
      const { created, orderId, paid, skuId } = yield* story
      yield* send(paid)
      const short = { ...created, payload: { orderId, lines: [{ skuId, quantity: 9 }] } }
      expect(wordsOf(yield* send(short))).toEqual(["Rejected"])
      expect(yield* deadOf(orderId)).toMatchObject([
        {
          eventId: paid.eventId,
          cause: `the order "${orderId}" is REJECTED: payment is not possible`
        }
      ])
      const flow = yield* OrderFlow
      yield* flow.forgetDeadLetters([paid.eventId])
      expect(yield* deadOf(orderId)).toEqual([])
    })
  )

  it.effect("S9 are bounded for each order, and block nothing", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const { created, orderId, paid } = yield* story
      for (const n of upTo(parkedMax)) {
        expect(yield* send({ ...paid, eventId: fresh(`early-${n}`) })).toEqual({ _tag: "Parked" })
      }
      const last = yield* send(paid)
      expect(last).toMatchObject({ _tag: "DeadLettered" })
      expect(yield* send(paid)).toEqual(last)
      expect(yield* deadOf(orderId)).toHaveLength(1)
      const words = wordsOf(yield* send(created))
      expect(words).toEqual(["Reserved", ...upTo(parkedMax).map(() => "Confirmed")])
      expect(wordsOf(yield* send(paid))).toEqual(["Confirmed"])
      expect(yield* deadOf(orderId)).toEqual([])
    })
  )

  it.effect("S9 that wait for too long are dead letters, and are applied when handled again", () =>
    Effect.gen(function* () {
      const { advance } = yield* Stage
      const flow = yield* OrderFlow
      const { created, orderId, paid } = yield* story
      yield* send(paid)
      yield* flow.deadLetterOverdue
      expect(yield* deadOf(orderId)).toEqual([])
      yield* advance("2 minutes")
      yield* flow.deadLetterOverdue
      const [letter] = yield* deadOf(orderId)
      expect(letter?.cause).toBe(
        `the order "${orderId}" was never placed; place it with \`placeOrder\` first; ` +
          "the event waited for 60 seconds"
      )
      expect(wordsOf(yield* send(created))).toEqual(["Reserved"])
      expect(wordsOf(yield* flow.handleOrderEvent(letter?.json))).toEqual(["Confirmed"])
      expect(yield* deadOf(orderId)).toEqual([])
    })
  )

  it.effect("S9 are applied by one of those who come at the same instant", () =>
    Effect.gen(function* () {
      const flow = yield* OrderFlow
      for (const _ of upTo(10)) {
        const { created, fulfilled, paid, skuId } = yield* story
        yield* atOnce(
          [fulfilled, paid, created, paid, fulfilled].map((event) => flow.handleOrderEvent(event))
        )
        expect(wordsOf(yield* send({ ...paid, eventId: `${paid.eventId}-again` }))).toEqual([
          "Fulfilled"
        ])
        expect(yield* unitsOf(skuId)).toEqual({ total: 0, reserved: 0, available: 0 })
      }
    })
  )
}
