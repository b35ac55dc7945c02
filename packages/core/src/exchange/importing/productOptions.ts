/**
 * The options of a product as a file has them, among those that it has: known by id, else by
 * external id, else by name.
 */
import type { OptionEntry } from "../../catalog/messages/productFields.ts"
import type { ProductOption } from "../../catalog/state/ProductOption.ts"
import type { OptionId, SkuId } from "../../kernel/Identifier.ts"
import type { OptionRecord } from "../records/ProductRecord.ts"
import type { ProductNames } from "./productNames.ts"

type Entry = OptionEntry & { readonly optionId: OptionId }

const mappingsOf = (
  { skuIds, skus }: OptionRecord,
  names: ProductNames
): OptionEntry["skuMappings"] => {
  if (skus === undefined && skuIds === undefined) return undefined
  return [
    ...(skus ?? []).map(({ code, quantity = 1 }) => ({
      skuId: names.skus.get(code) as SkuId,
      quantity
    })),
    ...(skuIds ?? []).map(({ quantity = 1, skuId }) => ({ skuId, quantity }))
  ]
}

const entryOf = (
  option: OptionRecord,
  optionId: OptionId,
  before: ProductOption | undefined,
  names: ProductNames
): Entry => {
  const { id: _id, skuIds: _skuIds, skus: _skus, status, ...plain } = option
  const skuMappings = mappingsOf(option, names)
  // What the stock has sold out goes on following the stock.
  const followsStock = status === "ACTIVE" && before?.statusBy === "STOCK"
  return {
    ...plain,
    optionId,
    ...(status === undefined || followsStock ? {} : { status }),
    ...(skuMappings === undefined ? {} : { skuMappings })
  }
}

/** Which options of the product those of the file are; undefined for a new one. */
const matched = (
  given: ReadonlyArray<OptionRecord>,
  before: ReadonlyArray<ProductOption>
): ReadonlyArray<ProductOption | undefined> => {
  const free = new Set(before)
  const take = (option: ProductOption | undefined) => {
    if (option !== undefined) free.delete(option)
    return option
  }
  const surely = given.map(({ externalId, id }) =>
    take(
      [...free].find((option) =>
        id === undefined
          ? typeof externalId === "string" && option.externalId === externalId
          : option.id === id
      )
    )
  )
  return given.map(({ externalId, id, name }, index) => {
    if (surely[index] !== undefined || id !== undefined) return surely[index]
    const byName = [...free].find(
      (option) =>
        option.name === name && (typeof externalId !== "string" || option.externalId === null)
    )
    return take(byName)
  })
}

/**
 * All options that the product is to have. When the file names all of them, they stand in its order;
 * else those that are there keep their places, and new ones come last.
 */
export const optionEntries = (
  given: ReadonlyArray<OptionRecord>,
  before: ReadonlyArray<ProductOption>,
  names: ProductNames,
  newId: () => string
): ReadonlyArray<Entry> => {
  const found = matched(given, before)
  const entries = given.map((option, index) => {
    const known = found[index]
    const id = known?.id ?? option.id ?? (newId() as OptionId)
    return entryOf(option, id, known, names)
  })
  const named = new Set(found.filter((option) => option !== undefined))
  if (named.size === before.length) return entries
  const byId = new Map(entries.map((entry) => [entry.optionId, entry]))
  return [
    ...before.map(({ id: optionId }) => byId.get(optionId) ?? { optionId }),
    ...entries.filter((_, index) => found[index] === undefined)
  ]
}
