/** Random lines of options of a small catalog, as the lines of SKUs that they become. */
import * as Arbitrary from "effect/Arbitrary"
import type { SkuLine } from "../../inventory/messages/SkuCommand.ts"
import { type LocationId, OptionId, type SkuId } from "../../kernel/Identifier.ts"
import { either, maybe, oneOf, type Random, record } from "../random.ts"

/** A line for each SKU of an option. */
const made = (
  optionId: OptionId,
  ...mappings: ReadonlyArray<readonly [skuId: SkuId, perBundle: number]>
): ReadonlyArray<SkuLine> =>
  mappings.map(([skuId, perBundle]) => ({
    skuId,
    quantity: perBundle,
    option: { optionId, perBundle }
  }))

/** Options and what they map, one of them in two versions, so that a cart meets a changed mapping. */
const duo = OptionId.make("0d000000-0000-7000-8000-000000000000")
const pack = OptionId.make("0ac00000-0000-7000-8000-000000000000")
const mappedOf = (
  sku: {
    readonly [Name in "a" | "b" | "c" | "d"]: SkuId
  }
): Random<ReadonlyArray<SkuLine>> =>
  oneOf(
    [4, made(duo, [sku.a, 1], [sku.b, 2])],
    [1, made(duo, [sku.a, 2], [sku.b, 2])],
    [2, made(pack, [sku.c, 2])],
    [1, made(pack, [sku.c, 1], [sku.a, 1], [sku.d, 1])]
  )
/** The lines of SKUs that so many units of an option become, and perhaps a line of a SKU. */
export const optionLinesOf = (
  sku: { readonly [Name in "a" | "b" | "c" | "d"]: SkuId },
  place: Random<LocationId>,
  line: Random<SkuLine>
): Random<ReadonlyArray<SkuLine>> => {
  const mapped = mappedOf(sku)
  return Arbitrary.map(
    record({
      mapped,
      count: oneOf([5, 1], [3, 2], [1, 3]),
      locationId: maybe(1, place),
      second: maybe(
        3,
        either([2, Arbitrary.map(line, (it): ReadonlyArray<SkuLine> => [it])], [1, mapped])
      )
    }),
    ({ count, locationId, mapped: first, second }) => {
      const at = locationId === undefined ? {} : { locationId }
      const lines = second === undefined ? [first] : [first, second]
      return lines.flatMap((parts, line) =>
        parts.map((part) =>
          part.option === undefined
            ? { ...part, line }
            : { ...part, ...at, line, quantity: part.option.perBundle * count }
        )
      )
    }
  )
}
