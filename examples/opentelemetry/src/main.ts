/** Reserves within a span of the program, and prints what spans there are then. */
import { createHoldfast } from "@holdfast/adapter-pg"
import { startTracing } from "./tracing.ts"

const { openTelemetry, spans, stop } = startTracing()
await using holdfast = await createHoldfast({ memory: true, openTelemetry })
const { inventory } = holdfast
await inventory.registerSku({ skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 })
await openTelemetry.trace.getTracer("shop").startActiveSpan("checkout", async (span) => {
  await inventory.reserve({ orderId: "1", lines: [{ skuId: "mug", quantity: 1 }] })
  span.end()
})
for (const { events, name, parentSpanContext } of spans()) {
  console.log(`${name}, under ${parentSpanContext?.spanId ?? "nothing"}: ${events.length} notes`)
}
await stop()
