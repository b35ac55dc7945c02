import { expect, it } from "@effect/vitest"
import type { DomainEvent } from "@holdfast/core/engine"
import { int8, query, text, texts } from "../../src/connection/Query.ts"
import { OwnWrites } from "../../src/replicas/OwnWrites.ts"

const event = (aggregateId: string, version: number, payload: object = {}) =>
  ({ aggregateType: "SKU", aggregateId, version, payload }) as DomainEvent<string, unknown>

const none = new Map<string, number>()

it("adds what was written of the ids that queries name to what was seen", () => {
  const own = new OwnWrites(60_000)
  expect(own.seenBy([query("", text("mug"))], none)).toBe(none)
  own.note([event("mug", 3), event("mug", 4), event("cup", 9, { orderId: "o1" })])
  expect(own.seenBy([query("", int8(1), text(null))], none)).toBe(none)
  expect(own.seenBy([query("", text("mug"))], none)).toEqual(new Map([["sku:mug", 4]]))
  // An order is read by its id, and its holds are of SKUs.
  expect(own.seenBy([query("", text("o1"), int8(5))], none)).toEqual(new Map([["sku:cup", 9]]))
  expect(
    own.seenBy(
      [query("", texts(["mug", "bowl", "cup"]))],
      new Map([
        ["sku:mug", 7],
        ["product:p", 1]
      ])
    )
  ).toEqual(
    new Map([
      ["sku:mug", 7],
      ["product:p", 1],
      ["sku:cup", 9]
    ])
  )
})

it("forgets what every replica has by now, and the oldest of too many", () => {
  const brief = new OwnWrites(-1)
  brief.note([event("mug", 3)])
  expect(brief.seenBy([query("", text("mug"))], none)).toBe(none)
  const own = new OwnWrites(60_000)
  own.note([event("first", 1)])
  own.note(Array.from({ length: 10_000 }, (_, n) => event(`sku-${n}`, 1)))
  expect(own.seenBy([query("", text("first"))], none)).toBe(none)
  expect(own.seenBy([query("", text("sku-9999"))], none).size).toBe(1)
})
