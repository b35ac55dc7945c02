/** The kinds of copies: products, categories, their tree, and the stock of SKUs. */
import * as Schema from "effect/Schema"
import { Category } from "../../catalog/state/Category.ts"
import { Product } from "../../catalog/state/Product.ts"
import type { ReadStock } from "../../inventory/ports/StockReads.ts"
import { Sku } from "../../inventory/state/Sku.ts"
import type { CategoryId, ProductId, SkuId } from "../../kernel/Identifier.ts"
import { unchecked } from "../../kernel/Identifier.ts"
import { Timestamp } from "../../kernel/Instant.ts"
import type { MinVersions } from "../MinVersions.ts"
import { type CopyKind, demandedAs, textOf } from "./CopyKind.ts"

const never = () => null

/** Whether a reader demands a version of any thing that is named by a word. */
const demandsAny = (word: string, demanded: MinVersions): boolean =>
  [...demanded.keys()].some((name) => name.startsWith(`${word}:`))

/** All demands about things that are named by a word, as a short text. */
const demandsOf = (word: string, demanded: MinVersions): string =>
  demandsAny(word, demanded) ? JSON.stringify([...demanded]) : ""

/** A product, without its stock and its categories, which are copies of their own. */
export const productKind = (livesMillis: number): CopyKind<ProductId, Product> => ({
  ...textOf(Product),
  ...demandedAs("product", ({ version }) => version),
  ...{ name: "product", form: 1, generation: "catalog", livesMillis },
  idOf: ({ id }) => id,
  versionOf: ({ version }) => version,
  changesInMillis: never
})

/**
 * A category. Its level follows when another one moves, so a change of any category begins a new
 * generation of all of them.
 */
export const categoryKind = (livesMillis: number): CopyKind<CategoryId, Category> => ({
  ...textOf(Category),
  ...{ name: "category", form: 1, generation: "categories", livesMillis },
  demandedOf: (_, demanded) => demandsOf("category", demanded),
  isAsNew: (id, value, demanded) =>
    [...demanded].every(([name, version]) => {
      if (!name.startsWith("category:")) return true
      return name === `category:${id}` && value !== undefined && value.version >= version
    }),
  idOf: ({ id }) => id,
  versionOf: ({ version }) => version,
  changesInMillis: never
})

/** The one id of the tree. */
export const treeId = "all"

/** All categories together. */
export interface WholeTree {
  readonly categories: ReadonlyArray<Category>
}

/** All categories together, as one copy. */
export const treeKind = (livesMillis: number): CopyKind<typeof treeId, WholeTree> => ({
  ...textOf(Schema.Struct({ categories: Schema.Array(Category) })),
  ...{ name: "tree", form: 1, generation: "categories", livesMillis },
  demandedOf: (_, demanded) => demandsOf("category", demanded),
  isAsNew: (_, value, demanded) => {
    if (!demandsAny("category", demanded)) return true
    const versions = new Map(
      value?.categories.map(({ id, version }) => [`category:${id}`, version])
    )
    return [...demanded].every(
      ([name, version]) => !name.startsWith("category:") || (versions.get(name) ?? 0) >= version
    )
  },
  idOf: () => treeId,
  // Only a new generation makes it old.
  versionOf: () => 1,
  changesInMillis: never
})

const Level = Schema.Struct({
  level: Schema.Struct({
    skuId: unchecked.skuId,
    locationId: unchecked.locationId,
    totalQuantity: Schema.Int,
    reservedQuantity: Schema.Int,
    promiseLimit: Schema.Int,
    movementSequence: Schema.Int,
    version: Schema.Int,
    lastUpdated: Timestamp
  }),
  lapsedQuantity: Schema.Int,
  isPromising: Schema.Boolean
})

const Stock = Schema.Struct({
  sku: Sku,
  levels: Schema.Array(Level),
  lapsesInMillis: Schema.NullOr(Schema.Finite)
})

const stockVersion = ({ levels }: ReadStock): number =>
  levels.reduce((highest, { level }) => Math.max(highest, level.version), 0)

/**
 * The levels of a SKU. Whether a place promises is the place's affair, so a change of any place begins a
 * new generation. A reader who demands the version of a place is answered by the store.
 */
export const stockKind = (livesMillis: number): CopyKind<SkuId, ReadStock> => {
  const ofSku = demandedAs<SkuId, ReadStock>("sku", stockVersion)
  return {
    ...textOf(Stock),
    ...{ name: "stock", form: 1, generation: "stock", livesMillis },
    demandedOf: (id, demanded) =>
      `${ofSku.demandedOf(id, demanded)}${demandsOf("location", demanded)}`,
    isAsNew: (id, value, demanded) =>
      !demandsAny("location", demanded) && ofSku.isAsNew(id, value, demanded),
    idOf: ({ sku }) => sku.id,
    versionOf: stockVersion,
    changesInMillis: ({ lapsesInMillis }) => lapsesInMillis
  }
}
