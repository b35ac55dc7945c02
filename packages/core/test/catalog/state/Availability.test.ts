import { describe, expect, it } from "@effect/vitest"
import { availabilityOf } from "../../../src/catalog/state/Availability.ts"
import { SkuId } from "../../../src/kernel/Identifier.ts"

const option = (mappings: Readonly<Record<string, number>>) => ({
  skuMappings: Object.entries(mappings).map(([skuId, quantity]) => ({
    skuId: SkuId.make(skuId),
    quantity
  }))
})

/** Takes one unit of the option after another, until a SKU is short. */
const counted = (
  mappings: Readonly<Record<string, number>>,
  stock: Readonly<Record<string, number>>
) => {
  const left = { ...stock }
  let units = 0
  while (true) {
    for (const [skuId, quantity] of Object.entries(mappings)) {
      const rest = (left[skuId] ?? 0) - quantity
      if (rest < 0) return units
      left[skuId] = rest
    }
    units += 1
  }
}

describe("the availability of an option", () => {
  it("is what a count of its parts says, and names the limiting one", () => {
    for (let a = 0; a <= 6; a++) {
      for (let b = 0; b <= 6; b++) {
        for (const mappings of [
          { a: 1 },
          { a: 2 },
          { a: 1, b: 1 },
          { a: 2, b: 3 },
          { b: 3, a: 1 }
        ]) {
          const stock = { a, b }
          const availability = availabilityOf(option(mappings), (id) => stock[id as "a" | "b"])
          const units = counted(mappings, stock)
          expect(availability?.quantity).toBe(units)
          const limiting = availability?.limitingSkuId as "a" | "b"
          const perUnit = (mappings as Readonly<Record<string, number>>)[limiting] ?? 0
          expect(stock[limiting] - units * perUnit).toBeLessThan(perUnit)
        }
      }
    }
  })

  it("is not known without mappings, or when the stock of a part is not", () => {
    expect(availabilityOf(option({}), () => 5)).toBeUndefined()
    expect(
      availabilityOf(option({ a: 1, b: 1 }), (id) => (id === "a" ? 5 : undefined))
    ).toBeUndefined()
  })
})
