/**
 * Readers and events of two versions, each with the other. A reader of the last release has only its
 * committed schemas. It reads what the inventory writes now, also with fields and words that a later
 * release may add. What the last release wrote is read by the readers of today.
 */
import * as Catalog from "@holdfast/core/catalog"
import { contextOf } from "@holdfast/core/events"
import * as Inventory from "@holdfast/core/inventory"
import { arbitraryStory, oneByOne } from "@holdfast/core/testing"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { readerSchemas } from "../../src/asyncapi/readerSchema.ts"
import { exampleEvents } from "./examples.ts"
import { type Released, releasedFile, textOf } from "./files.ts"
import { readersOf, troubles, type Wire, wireOf } from "./wire.ts"

const released: Released = JSON.parse(textOf(releasedFile))
const readersBefore = readersOf(released.asyncapi.components.schemas)
const readersNow = readersOf(readerSchemas())

/** What happens in random stories, with all ways in which events come about. */
const randomEvents = (): Promise<ReadonlyArray<Wire>> =>
  Effect.runPromise(
    Effect.map(
      Arbitrary.sampleEffect(arbitraryStory(80), { count: 60, seed: "readers", size: 80 }),
      (stories) => stories.flatMap((steps) => oneByOne(steps).stock.rows.events.map(wireOf))
    )
  )

/** The same with fields that nobody knows yet, in every object. */
const withLaterFields = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(withLaterFields)
    : typeof value !== "object" || value === null
      ? value
      : {
          ...Object.fromEntries(
            Object.entries(value).map(([name, held]) => [name, withLaterFields(held)])
          ),
          laterField: { of: ["a", "later", "release"] }
        }

describe("a reader of the last release", () => {
  it("reads every event that the inventory writes now", async () => {
    const events = [...(await randomEvents()), ...Object.values(exampleEvents())]
    const read = new Set<string>()
    for (const event of events) {
      const reader = readersBefore.get(event.eventType)
      if (reader === undefined) continue
      expect([event, troubles(reader, event)]).toEqual([event, []])
      read.add(event.eventType)
    }
    expect([...readersBefore.keys()].filter((type) => !read.has(type))).toEqual([])
  })

  it("reads them with the fields and the words that a later release adds", () => {
    for (const [type, reader] of readersBefore) {
      const later = withLaterFields(released.examples[type])
      expect([type, troubles(reader, later)]).toEqual([type, []])
    }
    const { "inventory.stock.released": freed } = released.examples
    const reader = readersBefore.get("inventory.stock.released")
    if (freed === undefined || reader === undefined) throw new Error("no event was released")
    const reworded = { ...freed, payload: { ...freed.payload, reason: "DAMAGED" } }
    expect(troubles(reader, reworded)).toEqual([])
  })

  it("would not read an event that lacks a field, or has another type in it", () => {
    let refused = 0
    for (const [type, reader] of readersBefore) {
      const event = released.examples[type]
      for (const [name, value] of Object.entries(event?.payload ?? {})) {
        const { [name]: _, ...rest } = event?.payload ?? {}
        expect([type, name, reader({ ...event, payload: rest })]).toEqual([type, name, false])
        const other = typeof value === "boolean" ? "no" : true
        const payload = { ...rest, [name]: other }
        expect([type, name, reader({ ...event, payload })]).toEqual([type, name, false])
        refused++
      }
    }
    expect(refused).toBeGreaterThan(60)
  })
})

describe("an event of the last release", () => {
  const events = Object.values(released.examples)

  it("is there for each type of that release", () => {
    expect(Object.keys(released.examples).sort()).toEqual([...readersBefore.keys()].sort())
  })

  it("is read by a reader that knows today's schemas", () => {
    for (const event of events) {
      const reader = readersNow.get(event.eventType)
      if (reader === undefined) throw new Error(`${event.eventType} has no reader any more`)
      expect([event.eventType, troubles(reader, event)]).toEqual([event.eventType, []])
    }
  })

  it("is read by today's engine, and keeps what it holds", () => {
    for (const event of events) {
      const isCatalog = contextOf(event.eventType) === "catalog"
      const codec: Schema.Codec<unknown, unknown> = isCatalog
        ? Catalog.CatalogEvent
        : Inventory.InventoryEvent
      const read = Schema.decodeUnknownSync(codec)(event)
      expect(Schema.encodeSync(codec)(read)).toMatchObject(event)
      const { readPayload } = isCatalog ? Catalog : Inventory
      const payload = readPayload(JSON.stringify(event.payload), event.eventType)
      expect(JSON.parse(JSON.stringify(payload))).toMatchObject(event.payload)
    }
  })
})

describe("today's schemas", () => {
  it("take every event that the inventory writes", async () => {
    const events = await randomEvents()
    expect(events.length).toBeGreaterThan(1_000)
    for (const event of events) {
      const reader = readersNow.get(event.eventType)
      if (reader === undefined) throw new Error(`${event.eventType} has no schema`)
      expect([event, troubles(reader, event)]).toEqual([event, []])
    }
  })

  it("have an example each", () => {
    const examples: Readonly<Record<string, Wire>> = exampleEvents()
    for (const [type, reader] of readersNow) {
      expect([type, troubles(reader, examples[type])]).toEqual([type, []])
    }
  })
})
