/** The texts of payloads that are put together by hand are those that `JSON.stringify` writes. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { payloadText } from "../../../src/inventory/batch/payloadText.ts"
import { type InventoryEvent, readPayload } from "../../../src/inventory/messages/InventoryEvent.ts"
import { runStories } from "../../../src/testing/runStories.ts"
import { arbitraryStory } from "../../../src/testing/story/arbitraries.ts"
import type { Step } from "../../../src/testing/story/Step.ts"
import { oneByOne } from "../../../src/testing/story/telling.ts"

const seed = "payloads"
const runs = 150
const length = 60

/** Texts that JSON escapes, or that a pattern for plain ones might miss. */
const texts = [
  '"',
  "\\",
  "a\nb",
  "\u0001",
  "\u007f",
  "é",
  "\u2028",
  "😀",
  "",
  " ",
  "~",
  "a/b",
  "</"
]

/** Holds the text of an event to what a log reads of it. */
const check = (event: InventoryEvent): void => {
  const text = payloadText(event)
  expect(text).toBe(JSON.stringify(event.payload))
  expect(JSON.stringify(readPayload(text, event.eventType))).toBe(text)
}

it.effect("every payload of random stories has the text of JSON.stringify", () =>
  Effect.gen(function* () {
    const met = { plain: 0, line: 0, owner: 0, bundle: 0, endless: 0, replaced: 0, other: 0 }
    const tell = (steps: ReadonlyArray<Step>) => {
      for (const event of oneByOne(steps).stock.rows.events) {
        check(event)
        if (event.eventType !== "inventory.stock.reserved") {
          met.other += 1
          continue
        }
        const { bundle, expiresAt, lineId, ownerId, replaces } = event.payload
        met.plain += bundle === undefined ? 1 : 0
        met.bundle += bundle === undefined ? 0 : 1
        met.line += lineId === null ? 0 : 1
        met.owner += ownerId === undefined ? 0 : 1
        met.endless += expiresAt === null ? 1 : 0
        met.replaced += replaces === null ? 0 : 1
        for (const text of texts) {
          const payload = { ...event.payload, orderId: text, skuId: text, locationId: text }
          check({ ...event, payload } as InventoryEvent)
          check({ ...event, payload: { ...event.payload, lineId: text } } as InventoryEvent)
          if (ownerId !== undefined) {
            check({ ...event, payload: { ...event.payload, ownerId: text } } as InventoryEvent)
          }
        }
      }
    }
    const failure = yield* runStories({ runs, seed }, length, arbitraryStory(length), tell)
    if (failure !== undefined) throw new Error(failure)
    console.log(`${runs} stories of the seed "${seed}" met`, met)
    for (const [what, count] of Object.entries(met)) expect(count, what).toBeGreaterThan(20)
  })
)
