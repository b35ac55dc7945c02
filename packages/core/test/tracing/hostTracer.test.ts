/** A host's own OpenTelemetry as the tracer: what is written on its spans. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { OpenTelemetryValue } from "../../src/tracing/OpenTelemetry.ts"
import { layerOpenTelemetry } from "../../src/tracing.ts"

/** An API of OpenTelemetry that keeps what is written on its spans. */
const hostApi = () => {
  const attributes = new Map<string, OpenTelemetryValue>()
  const events: Array<readonly [string, Readonly<Record<string, OpenTelemetryValue>>]> = []
  const span = {
    spanContext: () => ({ traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 }),
    setAttribute: (key: string, value: OpenTelemetryValue) => attributes.set(key, value),
    addEvent: (name: string, of: Record<string, OpenTelemetryValue>) => events.push([name, of]),
    addLinks: () => undefined,
    setStatus: () => undefined,
    end: () => undefined
  }
  const root = {}
  const api = {
    context: { active: () => root },
    trace: {
      getTracer: () => ({ startSpan: () => span }),
      getSpan: () => undefined,
      setSpan: () => root,
      wrapSpanContext: () => span
    },
    ROOT_CONTEXT: root
  } as unknown as Parameters<typeof layerOpenTelemetry>[0]
  return { api, attributes, events }
}

it.effect("what JSON cannot say is written in words, and stops nothing", () =>
  Effect.gen(function* () {
    const { api, attributes } = hostApi()
    const circle: { self?: unknown } = {}
    circle.self = circle
    const mute = {
      toJSON: () => {
        throw new Error("says nothing")
      }
    }
    const done = yield* Effect.succeed("done").pipe(
      Effect.withSpan("work", {
        attributes: {
          ...{ text: "a", count: 3, list: ["a", 1], nothing: undefined },
          ...{ big: 10n, circle, mute }
        }
      }),
      Effect.provide(layerOpenTelemetry(api))
    )
    expect(done).toBe("done")
    expect(Object.fromEntries(attributes)).toEqual({
      ...{ text: "a", count: 3, list: '["a",1]', nothing: "undefined" },
      ...{ big: "10", circle: "[object Object]", mute: "[object Object]" }
    })
  })
)
