/**
 * A catalog as a few plain tables, written apart from the core: what a story's commands should do to
 * it. It knows no events, books or drafts. Of all the rules that a command breaks, the first in the
 * order of precedence is the refusal.
 */
import type { RefusalTag } from "../../../catalog/messages/CatalogError.ts"
import type { Attribute } from "../../../catalog/state/Attribute.ts"
import type { Category } from "../../../catalog/state/Category.ts"
import type { Product } from "../../../catalog/state/Product.ts"

/** An option of the model. */
export interface ModelOption {
  id: string
  name: string
  price: string | null
  currency: string | null
  status: string
  by: string
  units: Record<string, number>
  translations: Record<string, { name: string }>
  externalId: string | null
}

/** A product of the model. */
export interface ModelProduct {
  id: string
  name: string
  description: string | null
  translations: Record<string, { name: string | null; description: string | null }>
  type: string
  status: string
  options: Array<ModelOption>
  images: Array<string>
  primary: string | null
  others: Array<string>
  externalId: string | null
  slug: string | null
  attributes: Record<string, ModelValue>
  version: number
  revision: number
}

/** A value of the model. */
export type ModelValue = Product["attributes"][string]

/** An attribute of the model is as it is kept. */
export type ModelAttribute = { -readonly [Field in keyof Attribute]: Attribute[Field] }

/** A category of the model. Its level is not kept: it is counted. */
export interface ModelCategory {
  id: string
  name: string
  parentId: string | null
  translations: Record<string, { name: string }>
  sortOrder: number
  isActive: boolean
  externalId: string | null
  version: number
}

/** The rules that a command breaks. */
export type Broken = Set<RefusalTag>

/** The tables of the model. */
export class ModelCatalog {
  products = new Map<string, ModelProduct>()
  categories = new Map<string, ModelCategory>()
  attributes = new Map<string, ModelAttribute>()
  deleted = new Set<string>()
  slugs = new Map<string, string>()
  seen = new Map<string, number>()

  /** A copy to try a command on. */
  copy(): ModelCatalog {
    return Object.assign(new ModelCatalog(), structuredClone({ ...this }))
  }

  /** The attribute of a code. */
  attributeOf(code: string): ModelAttribute | undefined {
    return [...this.attributes.values()].find((attribute) => attribute.code === code)
  }

  /** How many categories stand above one. */
  levelOf(id: string): number {
    const parentId = this.categories.get(id)?.parentId
    return parentId === null || parentId === undefined ? 0 : 1 + this.levelOf(parentId)
  }

  /** Whether a category is another one, or stands below it. */
  isWithin(id: string, top: string): boolean {
    const parentId = this.categories.get(id)?.parentId
    return (
      id === top || (parentId !== null && parentId !== undefined && this.isWithin(parentId, top))
    )
  }

  /** What the model says of an option as it is kept. */
  static optionOf(option: Product["options"][number]): ModelOption {
    return {
      id: option.id,
      name: option.name,
      price: option.price?.amount ?? null,
      currency: option.price?.currency ?? null,
      status: option.status,
      by: option.statusBy,
      units: Object.fromEntries(option.skuMappings.map((it) => [it.skuId, it.quantity])),
      translations: option.translations,
      externalId: option.externalId
    }
  }

  /** What the model says of a product as it is kept. */
  static productOf(product: Product): ModelProduct {
    const { description, externalId, id, name, revision, slug, status, type, version } = product
    const { attributes } = product
    const primary = product.categories.find(({ isPrimary }) => isPrimary)?.categoryId ?? null
    return {
      id,
      name,
      description,
      translations: product.translations,
      type,
      status,
      options: product.options.map(ModelCatalog.optionOf),
      images: product.images.map(({ url }) => url),
      primary,
      others: product.categories.flatMap(({ categoryId, isPrimary }) =>
        isPrimary ? [] : [categoryId as string]
      ),
      externalId,
      slug,
      attributes,
      version,
      revision
    }
  }

  /** What the model says of a category as it is kept. */
  static categoryOf({ level: _level, ...category }: Category): ModelCategory {
    return category
  }
}
