/**
 * What the files do not have, made up by rule, so that it is the same at every run: names, prices,
 * options, stock and bundles. Nothing here is a fact about a real product.
 */
import type { SourceCategory, SourceProduct } from "./sources.ts"

/** A number for an id and a purpose, the same at every run. */
const drawn = (id: string, purpose: string, below: number): number => {
  let hash = 2_166_136_261
  for (const character of `${purpose} ${id}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0
  }
  return hash % below
}

/** The category of products that have none in the file. */
export const uncategorised = "sem_categoria"

/** The category of a product. */
export const categoryOf = ({ category }: SourceProduct): string =>
  category === "" ? uncategorised : category

/** What a category of Olist is called: in English where the file has it. */
export const nameOfOlist = (category: string, names: ReadonlyMap<string, string>): string => {
  const name = (names.get(category) ?? category).replaceAll("_", " ")
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** The name of a product: its category and the beginning of its id. */
export const productName = (product: SourceProduct, names: ReadonlyMap<string, string>): string =>
  `${nameOfOlist(categoryOf(product), names)} ${product.id.slice(0, 8)}`

/** The code of the one SKU of a product. */
export const skuCode = ({ id }: Pick<SourceProduct, "id">): string => `OL-${id}`

/** Units in stock: 0 to 199. */
export const stockOf = ({ id }: SourceProduct): number => drawn(id, "stock", 200)

const priceText = (cents: number): string => (cents / 100).toFixed(2)

/** An option that was made up: how many units of the SKU it is, and its price in BRL. */
export interface MadeUpOption {
  readonly externalId: string
  readonly name: string
  readonly price: string
  readonly quantity: number
}

/** The options of a product: one unit, and for a third of the products a pack of two as well. */
export const optionsOf = ({ id }: SourceProduct): ReadonlyArray<MadeUpOption> => {
  const cents = 990 + drawn(id, "price", 49_000)
  const single = { externalId: `${id}/1`, name: "Single", price: priceText(cents), quantity: 1 }
  if (drawn(id, "pack", 3) > 0) return [single]
  const pack = Math.floor(cents * 1.8)
  return [
    single,
    { externalId: `${id}/2`, name: "Pack of two", price: priceText(pack), quantity: 2 }
  ]
}

/** The weight of the SKU in kilograms, or null. */
export const weightOf = ({ weightGrams }: SourceProduct): number | null =>
  weightGrams === null ? null : weightGrams / 1_000

/** The volume of the SKU in litres, or null. */
export const volumeOf = ({ centimetres }: SourceProduct): number | null => {
  if (centimetres === null) return null
  const [length, height, width] = centimetres
  return (length * height * width) / 1_000
}

/** A bundle of some products, one unit of each. */
export interface MadeUpBundle {
  readonly externalId: string
  readonly name: string
  readonly price: string
  readonly of: ReadonlyArray<string>
}

/** Bundles of two or three products that stand together in the file, spread over all of it. */
export const bundlesOf = (
  ids: ReadonlyArray<string>,
  count: number
): ReadonlyArray<MadeUpBundle> => {
  const bundles: Array<MadeUpBundle> = []
  const step = Math.max(1, Math.floor((ids.length - 3) / count))
  for (let index = 0; index < count && index * step + 3 <= ids.length; index++) {
    const first = ids[index * step] ?? ""
    const size = 2 + drawn(first, "bundle", 2)
    bundles.push({
      externalId: `bundle-${String(index + 1).padStart(4, "0")}`,
      name: `Bundle ${index + 1}`,
      price: priceText(1_990 + drawn(first, "bundle price", 90_000)),
      of: ids.slice(index * step, index * step + size)
    })
  }
  return bundles
}

/** A category of the tree that is imported. */
export interface MadeCategory {
  readonly externalId: string
  readonly name: string
  readonly parent: string | null
}

const trimmed = (name: string | null): string => (name ?? "").trim()

/**
 * The categories of Best Buy as a tree, parents first. Of 125 parents the file has only the name:
 * their children go to the next one above that is there. Where siblings have one name, the later
 * one gets its id as well; one without a name is called by its id.
 */
export const treeOf = (categories: ReadonlyArray<SourceCategory>): ReadonlyArray<MadeCategory> => {
  const known = new Set(categories.map(({ id }) => id))
  const taken = new Set<string>()
  const byDepth = [...categories].sort((a, b) => a.path.length - b.path.length)
  return byDepth.map(({ id, name, path }) => {
    const above = path.slice(0, -1).findLast((part) => known.has(part.id))
    const parent = above?.id ?? null
    const bare = trimmed(name) === "" ? id : trimmed(name)
    const isTaken = taken.has(`${parent} ${bare}`)
    const unique = isTaken ? `${bare} (${id})` : bare
    taken.add(`${parent} ${unique}`)
    return { externalId: id, name: unique, parent }
  })
}
