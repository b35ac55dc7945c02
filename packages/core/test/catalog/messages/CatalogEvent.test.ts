import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import { CatalogEvent, readKept, readPayload } from "../../../src/catalog/messages/CatalogEvent.ts"
import { aggregateTypeOf, contextOf } from "../../../src/kernel/DomainEvent.ts"
import { givenCatalog } from "../../../src/testing/catalog/givenCatalog.ts"
import {
  category,
  change,
  create,
  discontinue,
  follow,
  move,
  remove,
  removeCategory,
  sold
} from "../decide/words.ts"

const everyEvent = () => {
  const catalog = givenCatalog().and(
    category(1, null, { externalId: "x" }),
    category(2),
    move(2, 1),
    change(2, { isActive: false }),
    removeCategory(2),
    create(1, {
      categoryIds: [category(1).categoryId as string],
      metadata: { deep: [{ a: null }] },
      publishAt: DateTime.makeUnsafe("2026-04-01T00:00:00Z"),
      images: [{ url: "/a.png", alt: "A" }]
    }),
    follow(1, ["sku-1", 0, 1]),
    follow(1, ["sku-1", 1, 2]),
    discontinue(1),
    remove(1)
  )
  return catalog.rows.events
}

describe("an event of the catalog", () => {
  it("goes out by its codec as it came in", () => {
    const types = new Set<string>()
    for (const event of everyEvent()) {
      const sent = JSON.parse(JSON.stringify(Schema.encodeSync(CatalogEvent)(event)))
      expect(Schema.decodeUnknownSync(CatalogEvent)(sent)).toEqual(event)
      const { payload, ...envelope } = event
      const kept = { ...envelope, position: 7, payloadJson: JSON.stringify(payload) }
      expect(readKept(kept)).toEqual({ position: 7, event })
      expect(aggregateTypeOf(event.eventType)).toBe(event.aggregateType)
      expect(contextOf(event.eventType)).toBe("catalog")
      types.add(event.eventType)
    }
    expect([...types].sort()).toEqual([
      "category.created",
      "category.deleted",
      "category.moved",
      "category.updated",
      "product.created",
      "product.deleted",
      "product.option.back",
      "product.option.sold-out",
      "product.updated"
    ])
  })

  it("keeps what a later release added, and is plain JSON when only that release can read it", () => {
    const created = everyEvent().find(({ eventType }) => eventType === "product.created")
    const kept = JSON.parse(JSON.stringify(created?.payload))
    kept.product.brand = { name: "Hold" }
    expect(readPayload(JSON.stringify(kept), "product.created")).toMatchObject({
      product: { brand: { name: "Hold" }, createdAt: created?.timestamp }
    })
    const blessed = { ...kept, product: { ...kept.product, type: "DIGITAL" } }
    expect(readPayload(JSON.stringify(blessed), "product.created")).toEqual(blessed)
  })

  it("says what changed", () => {
    const catalog = givenCatalog().and(create(1))
    const outcome = catalog.when({
      ...discontinue(1),
      _tag: "UpdateProduct",
      name: "New",
      options: [sold(1, { externalId: "x" })]
    } as never)
    expect(outcome).toMatchObject({
      events: [{ payload: { changed: ["name", "options"], product: { revision: 2 } } }]
    })
  })
})
