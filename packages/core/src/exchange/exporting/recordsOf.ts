/** What is kept, as records of a file: what an import of them would leave as it is. */
import * as DateTime from "effect/DateTime"
import type { Category } from "../../catalog/state/Category.ts"
import type { Product } from "../../catalog/state/Product.ts"
import type { ReadStock } from "../../inventory/ports/StockReads.ts"
import type { Sku } from "../../inventory/state/Sku.ts"
import type { CategoryId } from "../../kernel/Identifier.ts"

/** A record as it is written: plain values, by the fields of its kind. */
export type WrittenRecord = { readonly [field: string]: unknown }

const instant = (at: DateTime.Utc | null): string | null =>
  at === null ? null : DateTime.formatIso(at)

/** A category. Its parent is named by its external id where it has one. */
export const recordOfCategory = (
  category: Category,
  parent: Category | undefined
): WrittenRecord => {
  const { externalId, id, isActive, name, sortOrder, translations } = category
  const above =
    parent === undefined || parent.externalId !== null
      ? { parent: parent?.externalId ?? null }
      : { parentId: parent.id }
  return { externalId, id, name, ...above, sortOrder, isActive, translations }
}

const optionOf = ({ options }: Product) =>
  options.map(({ externalId, id, name, price, skuMappings, status, statusBy, translations }) => ({
    externalId,
    id,
    name,
    price,
    // What the stock has sold out is on sale again as soon as there is some.
    status: statusBy === "STOCK" ? "ACTIVE" : status,
    skuIds: skuMappings.map(({ quantity, skuId }) => ({ skuId, quantity })),
    translations
  }))

/** A product. Its categories are named by their external ids if all of them have one. */
export const recordOfProduct = (
  product: Product,
  externalIdOf: (id: CategoryId) => string | null | undefined
): WrittenRecord => {
  const { categories: places, description, externalId, id, metadata, name, slug, status } = product
  const ids = places.map(({ categoryId }) => categoryId)
  const names = ids.map(externalIdOf)
  const isNamed = names.every((one) => typeof one === "string")
  return {
    externalId,
    id,
    name,
    description,
    type: product.type,
    status,
    slug,
    ...(isNamed ? { categories: names } : { categoryIds: ids }),
    images: product.images.map(({ alt, isPrimary, url }) => ({ url, alt, isPrimary })),
    translations: product.translations,
    attributes: product.attributes,
    metadata,
    publishAt: instant(product.publishAt),
    unpublishAt: instant(product.unpublishAt),
    options: optionOf(product)
  }
}

/** A SKU. */
export const recordOfSku = (sku: Sku): WrittenRecord => {
  const { archivedAt: _archived, createdAt: _created, id: skuId, ...fields } = sku
  return { ...fields, skuId }
}

/** The counts of a SKU, one for each location. */
export const recordsOfStock = ({ levels, sku }: ReadStock): ReadonlyArray<WrittenRecord> =>
  levels.map(({ level }) => ({
    code: sku.code,
    skuId: sku.id,
    locationId: level.locationId,
    quantity: level.totalQuantity
  }))
