/** Seals as events: published by any publisher, read again by the check. */
import { expect, it } from "@effect/vitest"
import { publishedLine, publishSeals, readPublishedSeals, type Seal } from "@holdfast/core/audit"
import { envelopeJson, type KeptEvent, PublishError } from "@holdfast/core/events"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

const at = DateTime.makeUnsafe("2026-11-26T12:00:00Z")

const seal: Seal = {
  ...{ log: "AUDIT", number: 7, lastPosition: 12, previous: "0".repeat(64) },
  leaves: [{ position: 12, digest: "a".repeat(64), movement: null }],
  ...{ digest: "0123456789abcdef".repeat(4), endedAt: at, sealedAt: at }
}

it.effect("publishes each seal as an event of its log, the same whenever it is published", () =>
  Effect.gen(function* () {
    const kept: Array<KeptEvent> = []
    const publish = publishSeals({
      publish: (events) => Effect.sync(() => void kept.push(...events))
    })
    yield* publish(seal, "inventory")
    yield* publish(seal, "inventory")
    const [event, again] = kept
    if (event === undefined) return expect.unreachable()
    expect(again).toEqual(event)
    expect(event).toMatchObject({
      ...{ eventType: "seals.log.sealed", aggregateType: "SEALS", aggregateId: "inventory.AUDIT" },
      ...{ version: 7, timestamp: at, eventId: "01234567-89ab-8def-8123-456789abcdef" }
    })
    const line = envelopeJson(event)
    expect(publishedLine(line)).toMatchObject({ context: "inventory", number: 7 })
    expect(Result.getOrThrow(readPublishedSeals([line, ""]))).toEqual([seal])
  })
)

it.effect("says that a seal was not published, and reads no other event as a seal", () =>
  Effect.gen(function* () {
    const away = new PublishError({ message: "the broker is away", isRetryable: true })
    const publish = publishSeals({ publish: () => Effect.fail(away) })
    expect(yield* Effect.flip(publish(seal, "inventory"))).toBe(away)
    const other = '{"eventType":"inventory.stock.reserved","payload":{}}'
    expect(readPublishedSeals([other])).toEqual(Result.fail({ line: 1, message: "is no seal" }))
    expect(publishedLine("no JSON")).toBe(undefined)
  })
)
