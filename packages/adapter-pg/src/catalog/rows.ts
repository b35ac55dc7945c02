/** Rows into the domain's values. The statements give text, float8 and boolean columns only. */
import {
  type Attribute,
  type AttributeId,
  type Category,
  type CategoryId,
  type FacetValues,
  Money,
  type OptionId,
  type Product,
  type ProductId,
  type ProductOption,
  type SkuId
} from "@holdfast/core/catalog"
import * as DateTime from "effect/DateTime"
import type { Row } from "../connection/Query.ts"

const instant = (value: unknown): DateTime.Utc => DateTime.makeUnsafe(value as number)

const instantOrNull = (value: unknown): DateTime.Utc | null =>
  value === null ? null : DateTime.makeUnsafe(value as number)

/** A row of the columns of a category. */
export const toCategory = (row: Row): Category.Category => ({
  id: row["id"] as CategoryId,
  name: row["name"] as string,
  translations: JSON.parse(row["translations"] as string),
  parentId: row["parent_id"] as CategoryId | null,
  level: row["level"] as number,
  sortOrder: row["sort_order"] as number,
  isActive: row["is_active"] as boolean,
  externalId: row["external_id"] as string | null,
  version: row["version"] as number
})

/** A row of the columns of an attribute. */
export const toAttribute = (row: Row): Attribute.Attribute => ({
  id: row["id"] as AttributeId,
  code: row["code"] as string,
  name: row["name"] as string,
  translations: JSON.parse(row["translations"] as string),
  kind: row["kind"] as Attribute.AttributeKind,
  unit: row["unit"] as string | null,
  choices: JSON.parse(row["choices"] as string),
  productType: row["product_type"] as Product.ProductType | null,
  isFilterable: row["is_filterable"] as boolean,
  isActive: row["is_active"] as boolean,
  version: row["version"] as number
})

/** A row of the values of one attribute among the products of a list. */
export const toFacetValues = (row: Row): FacetValues => ({
  code: row["code"] as string,
  products: row["products"] as number,
  counts: listOf<readonly [string, number]>(row["counts"]).map(([value, products]) => ({
    value,
    products
  })),
  least: row["least"] as number | null,
  greatest: row["greatest"] as number | null,
  isWhole: row["is_whole"] as boolean
})

/** A list of rows that came in a column, as `productColumns` makes it: null when there is none. */
const listOf = <Item extends ReadonlyArray<unknown>>(value: unknown): ReadonlyArray<Item> =>
  value === null ? [] : (JSON.parse(value as string) as ReadonlyArray<Item>)

type MappingItem = readonly [optionId: OptionId, skuId: SkuId, quantity: number]

type OptionItem = readonly [
  id: OptionId,
  name: string,
  translations: ProductOption.ProductOption["translations"],
  price: string | null,
  currency: string | null,
  status: ProductOption.OptionStatus,
  statusBy: ProductOption.StatusBy,
  position: number,
  externalId: string | null,
  createdAt: number
]

const optionsOf = (row: Row, productId: ProductId): ReadonlyArray<ProductOption.ProductOption> => {
  const mappings = new Map<OptionId, Array<ProductOption.SkuMapping>>()
  for (const [optionId, skuId, quantity] of listOf<MappingItem>(row["mappings"])) {
    const known = mappings.get(optionId)
    if (known === undefined) mappings.set(optionId, [{ skuId, quantity }])
    else known.push({ skuId, quantity })
  }
  return listOf<OptionItem>(row["options"]).map(
    ([
      id,
      name,
      translations,
      price,
      currency,
      status,
      statusBy,
      position,
      externalId,
      createdAt
    ]) => ({
      id,
      productId,
      name,
      translations,
      price: price === null || currency === null ? null : Money.ofColumn(price, currency),
      status,
      statusBy,
      skuMappings: mappings.get(id) ?? [],
      position,
      externalId,
      createdAt: instant(createdAt)
    })
  )
}

/** A row of the columns of a product, with all that belongs to it. */
export const toProduct = (row: Row): Product.Product => {
  const id = row["id"] as ProductId
  return {
    id,
    name: row["name"] as string,
    description: row["description"] as string | null,
    translations: JSON.parse(row["translations"] as string),
    type: row["type"] as Product.ProductType,
    status: row["status"] as Product.ProductStatus,
    images: listOf<readonly [number, string, string | null, boolean]>(row["images"]).map(
      ([position, url, alt, isPrimary]) => ({ url, alt, position, isPrimary })
    ),
    options: optionsOf(row, id),
    categories: listOf<readonly [CategoryId, boolean]>(row["categories"]).map(
      ([categoryId, isPrimary]) => ({ categoryId, isPrimary })
    ),
    externalId: row["external_id"] as string | null,
    slug: row["slug"] as string | null,
    attributes: JSON.parse(row["attributes"] as string),
    metadata: row["metadata"] === null ? null : JSON.parse(row["metadata"] as string),
    publishAt: instantOrNull(row["publish_at"]),
    unpublishAt: instantOrNull(row["unpublish_at"]),
    version: row["version"] as number,
    revision: row["revision"] as number,
    createdAt: instant(row["created_at"]),
    updatedAt: instant(row["updated_at"])
  }
}
