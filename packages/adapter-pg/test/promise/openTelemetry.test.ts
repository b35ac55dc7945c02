/** A host's own OpenTelemetry, the real one: its spans are the parents, and its exporter gets what is made under them. */
import { afterAll, expect, it } from "vitest"
import { startTracing } from "../../../../examples/opentelemetry/src/tracing.ts"
import { createHoldfast } from "../../src/index.ts"

const { openTelemetry, spans: ended, stop } = startTracing()

afterAll(stop)

it("notes statements on the host's span, and hangs each batch beneath the span of its call", async () => {
  await using holdfast = await createHoldfast({ memory: true, openTelemetry })
  const { inventory } = holdfast
  await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 100 })
  // Nobody's span: what a host does outside of any is in none.
  expect(ended()).toEqual([])

  const tracer = openTelemetry.trace.getTracer("shop")
  const orders = Array.from({ length: 20 }, (_, n) => `order-${n}`)
  await Promise.all(
    orders.map((orderId) =>
      tracer.startActiveSpan(`checkout ${orderId}`, async (span) => {
        await inventory.reserve({ orderId, lines: [{ skuId: "mug", quantity: 1 }] })
        await inventory.stock("mug")
        span.end()
      })
    )
  )
  const spans = ended()
  const checkouts = spans.filter(({ name }) => name.startsWith("checkout"))
  const batches = spans.filter(({ name }) => name === "commit batch")
  expect(checkouts).toHaveLength(20)
  expect(batches.length).toBeGreaterThan(0)
  const ids = checkouts.map((span) => span.spanContext().spanId)
  for (const batch of batches) {
    expect(ids).toContain(batch.parentSpanContext?.spanId)
    expect(batch.events.map(({ name }) => name)).toContain("statement")
  }
  // Each call is linked with the batch that it went into, and is in it.
  const linked = batches.flatMap(({ links }) => links.map(({ context }) => context.spanId))
  expect(linked.toSorted()).toEqual(ids.toSorted())
  for (const { events, links } of checkouts) {
    expect(batches.map((batch) => batch.spanContext().spanId)).toContain(links[0]?.context.spanId)
    expect(events.map(({ name }) => name)).toContain("statement")
  }
  const events = await inventory.events({ size: 100 })
  const reserved = events.filter(({ event }) => event.eventType === "inventory.stock.reserved")
  const traces = new Map(checkouts.map((span) => [span.spanContext().spanId, span.spanContext()]))
  expect(reserved).toHaveLength(20)
  for (const { event } of reserved) {
    const [, traceId, spanId = ""] = (event.traceparent ?? "").split("-")
    expect(traces.get(spanId)?.traceId).toBe(traceId)
  }
})

it("refuses what is no API of OpenTelemetry, by the name of the option", async () => {
  await expect(createHoldfast({ memory: true, openTelemetry: {} as never })).rejects.toThrow(
    /openTelemetry: must be what import/
  )
})
