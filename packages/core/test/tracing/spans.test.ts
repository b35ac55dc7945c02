/** Spans of the engine in a program that has a tracer of its own. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"
import { Inventory, InventoryLog } from "../../src/inventory.ts"
import { readTraceparent, traceparentOf } from "../../src/tracing.ts"
import { memoryEngine } from "../promise/inventory/openMemory.ts"

const caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

it("reads a traceparent as W3C Trace Context has it, and writes it alike", () => {
  const span = readTraceparent(caller)
  expect(span).toMatchObject({ spanId: "b7ad6b7169203331", sampled: true })
  expect(span && traceparentOf(span)).toBe(caller)
  expect(readTraceparent(caller.replace(/01$/, "00"))?.sampled).toBe(false)
  // A later version may say more, and is read as far as it is known.
  expect(readTraceparent(`01${caller.slice(2)}-more`)?.spanId).toBe("b7ad6b7169203331")
  for (const malformed of [
    `ff${caller.slice(2)}`,
    `${caller}-more`,
    caller.toUpperCase(),
    "",
    null
  ]) {
    expect(readTraceparent(malformed)).toBeUndefined()
  }
})

/** A tracer of a host, which keeps all spans. */
const hostTracer = () => {
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  return { spans, tracer }
}

const work = Effect.gen(function* () {
  const inventory = yield* Inventory
  yield* inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
  const reserving = (orderId: string) =>
    inventory
      .reserve({ orderId, lines: [{ skuId: "mug", quantity: 1 }] })
      .pipe(Effect.withSpan(`checkout ${orderId}`))
  yield* Effect.all([reserving("one"), reserving("two")], { concurrency: "unbounded" })
  const log = yield* InventoryLog
  return yield* log.read(0, 100)
})

it.effect(
  "gives the host's spans one batch span, linked with each, and their context to events",
  () =>
    Effect.gen(function* () {
      const { spans, tracer } = hostTracer()
      const traced = Effect.provideService(
        work.pipe(Effect.provide(memoryEngine)),
        Tracer.Tracer,
        tracer
      )
      const events = yield* traced
      const checkouts = spans.filter(({ name }) => name.startsWith("checkout"))
      expect(checkouts).toHaveLength(2)
      const reserved = events.filter(({ eventType }) => eventType === "inventory.stock.reserved")
      expect(reserved.map(({ traceparent }) => traceparent)).toEqual(checkouts.map(traceparentOf))
      const batches = spans.filter(({ name }) => name === "commit batch")
      // What was registered had no span, so its batch has none either.
      expect(batches).toHaveLength(1)
      expect(batches[0]?.links.map(({ span }) => span)).toEqual(checkouts)
      for (const { links } of checkouts) expect(links.map(({ span }) => span)).toEqual(batches)
    })
)

it.effect("makes no span where nobody looks", () =>
  Effect.gen(function* () {
    const before = Tracer.nativeTracer.span
    const made: Array<string> = []
    Object.assign(Tracer.nativeTracer, {
      span: (options: Parameters<Tracer.Tracer["span"]>[0]) => {
        made.push(options.name)
        return before.call(Tracer.nativeTracer, options)
      }
    })
    yield* Effect.ensuring(
      Effect.provide(work, memoryEngine),
      Effect.sync(() => Object.assign(Tracer.nativeTracer, { span: before }))
    )
    expect(made.filter((name) => !name.startsWith("checkout"))).toEqual([])
  })
)
