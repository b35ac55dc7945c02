/** Contract: events about orders in their order, repeated, refused and unreadable. */
import { expect } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { StockReads } from "../../inventory/ports/StockReads.ts"
import { OrderId } from "../../kernel/Identifier.ts"
import { OrderFlow } from "../../ordering/OrderFlow.ts"
import { holdsOf, unitsOf } from "../contract/reads/looking.ts"
import { atOnce, freshSku, Stage, upTo } from "../contract/Stage.ts"
import { eventNow, type FlowIt, send, wordsOf } from "./sending.ts"

/** Events that come when they are due. */
export const orderEvents = (it: FlowIt): void => {
  it.effect("S9 hold an order, confirm it and ship it, however often each comes", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const skuId = yield* freshSku(3)
      const orderId = fresh("flow")
      const lines = [{ skuId, quantity: 2, lineId: "line-1" }]
      const created = yield* eventNow("order.created", orderId, { lines, ttl: 60, ownerId: "ann" })
      const paid = yield* eventNow("order.paid", orderId)
      const fulfilled = yield* eventNow("order.fulfilled", orderId, { reference: "parcel 7" })
      for (const [event, word] of [
        [created, "Reserved"],
        [paid, "Confirmed"],
        [fulfilled, "Fulfilled"]
      ] as const) {
        const first = yield* send(event)
        expect(wordsOf(first)).toEqual([word])
        expect(yield* send(event)).toEqual({ ...first, isReplayed: true })
      }
      expect(yield* unitsOf(skuId)).toEqual({ total: 1, reserved: 0, available: 1 })
      // The same happenings under other ids change nothing either.
      for (const event of [created, paid, fulfilled]) {
        expect(wordsOf(yield* send({ ...event, eventId: fresh("event") }))).toEqual(["Fulfilled"])
      }
      expect(yield* unitsOf(skuId)).toEqual({ total: 1, reserved: 0, available: 1 })
    })
  )

  it.effect("S9 reject an order for good, and refuse its payment", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const skuId = yield* freshSku(1)
      const orderId = fresh("flow")
      const created = yield* eventNow("order.created", orderId, {
        lines: [{ skuId, quantity: 2 }]
      })
      expect(wordsOf(yield* send(created))).toEqual(["Rejected"])
      expect(wordsOf(yield* send(created))).toEqual(["Rejected"])
      expect(yield* send(yield* eventNow("order.paid", orderId))).toEqual({
        _tag: "Refused",
        refusal: { _tag: "OrderConflict", orderId, status: "REJECTED", action: "payment" }
      })
      expect(wordsOf(yield* send(yield* eventNow("order.cancelled", orderId)))).toEqual([
        "Rejected"
      ])
      expect(yield* holdsOf(orderId)).toEqual([])
    })
  )

  it.effect("S9 are refused with what is wrong in the world, and leave nothing", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const orderId = fresh("flow")
      const lines = [{ skuId: "nobody-has-this", quantity: 1 }]
      const created = yield* eventNow("order.created", orderId, { lines })
      expect(yield* send(created)).toEqual({
        _tag: "Refused",
        refusal: { _tag: "SkuNotFound", skuIds: ["nobody-has-this"] }
      })
      const other = {
        ...created,
        payload: { orderId, lines: [{ skuId: yield* freshSku(1), quantity: 1 }] }
      }
      expect(wordsOf(yield* send(other))).toEqual(["Reserved"])
      expect(yield* send({ ...other, payload: { ...other.payload, ttl: 5 } })).toEqual({
        _tag: "Refused",
        refusal: { _tag: "IdempotencyMismatch", key: created.eventId }
      })
    })
  )

  it.effect("S9 are handled without the headers that no event can carry", () =>
    Effect.gen(function* () {
      const { fresh } = yield* Stage
      const flow = yield* OrderFlow
      const reads = yield* StockReads
      const lines = [{ skuId: yield* freshSku(9), quantity: 1 }]
      const faults = ["", " spaced ", "no\u0000text", "x".repeat(256)]
      for (const fault of faults) {
        for (const [about, carried] of [
          [{ correlationId: fault, traceparent: "trace" }, { traceparent: "trace" }],
          [{ correlationId: "cart 7", traceparent: fault }, { correlationId: "cart 7" }]
        ]) {
          const orderId = OrderId.make(fresh("flow"))
          const created = yield* eventNow("order.created", orderId, { lines })
          expect(wordsOf(yield* flow.handleOrderEvent(created, about))).toEqual(["Reserved"])
          const [placed] = yield* reads.events(0, 1, { orderId })
          const none = { correlationId: created.eventId, traceparent: null }
          expect(placed?.event).toMatchObject({ ...none, ...carried })
        }
      }
    })
  )

  it.effect("S9 of orders that compete come out as one held and the others rejected", () =>
    Effect.gen(function* () {
      const { callers, fresh } = yield* Stage
      const flow = yield* OrderFlow
      const skuId = yield* freshSku(1)
      const events = yield* Effect.forEach(upTo(callers), () =>
        eventNow("order.created", fresh("flow"), { lines: [{ skuId, quantity: 1 }] })
      )
      const twice = [...events, ...events].map((event) => flow.handleOrderEvent(event))
      const ended = yield* atOnce(twice)
      const words = ended.map(({ answer }) => (answer === undefined ? [] : wordsOf(answer)))
      expect(words.filter(([word]) => word === "Reserved")).toHaveLength(2)
      expect(words.filter(([word]) => word === "Rejected")).toHaveLength(2 * (callers - 1))
    })
  )
}

/** Events that cannot be read, or only in part. */
export const unreadableEvents = (it: FlowIt): void => {
  it.effect("S9 that cannot be read say which field, whatever it is", () =>
    Effect.gen(function* () {
      const flow = yield* OrderFlow
      const whole = yield* eventNow("order.created", "o", { lines: [{ skuId: "a", quantity: 1 }] })
      const faults = [
        ["{", "BAD_JSON", [""]],
        ["[]", "BAD_JSON", [""]],
        [new Uint8Array([0x22, 0xff, 0x22]), "BAD_JSON", [""]],
        [null, "BAD_JSON", [""]],
        [new TextEncoder().encode('{"eventType":1}'), "UNKNOWN_TYPE", ["eventType"]],
        [{ ...whole, eventType: "order.shipped" }, "UNKNOWN_TYPE", ["eventType"]],
        [{ ...whole, eventType: "toString" }, "UNKNOWN_TYPE", ["eventType"]],
        [{ ...whole, schemaVersion: 2 }, "UNKNOWN_VERSION", ["schemaVersion"]],
        [{ ...whole, timestamp: "yesterday" }, "BAD_FIELDS", ["timestamp"]],
        [{ ...whole, eventId: "" }, "BAD_FIELDS", ["eventId"]],
        [{ ...whole, aggregateId: "other" }, "BAD_FIELDS", ["payload.orderId"]],
        [
          { ...whole, payload: { orderId: "o", lines: [{ skuId: "a b", quantity: 0 }] } },
          "BAD_FIELDS",
          ["payload.lines.0.skuId", "payload.lines.0.quantity"]
        ],
        [{ ...whole, payload: { orderId: "o", lines: [] } }, "BAD_FIELDS", ["payload.lines"]]
      ] as const
      for (const [event, reason, paths] of faults) {
        const error = yield* Effect.flip(flow.handleOrderEvent(event))
        expect(error).toMatchObject({ _tag: "OrderEventUnreadable", reason })
        if (error._tag === "OrderEventUnreadable") {
          expect(error.issues.map(({ path }) => path)).toEqual(paths)
          for (const path of paths) expect(error.message).toContain(path)
        }
      }
      // What a later sender adds is left aside.
      const added = {
        ...whole,
        schemaVersion: 1,
        source: "shop",
        payload: { ...whole.payload, x: 1 }
      }
      const handled = yield* flow.handleOrderEvent(added)
      expect(handled).toMatchObject({ _tag: "Refused", refusal: { _tag: "SkuNotFound" } })
    })
  )
}
