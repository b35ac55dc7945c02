/** What a command proposes: the options, images and categories of a product, made of its fields. */
import * as Result from "effect/Result"
import type { CategoryId, OptionId, ProductId } from "../../kernel/Identifier.ts"
import type { CommandOf } from "../messages/CatalogCommand.ts"
import type { OptionEntry } from "../messages/productFields.ts"
import type { Product, ProductCategory, ProductImage } from "../state/Product.ts"
import type { ProductOption } from "../state/ProductOption.ts"
import { type Translations, tooManyTranslations, withTranslations } from "../state/Translations.ts"
import type { Draft } from "./Draft.ts"
import type { Decided } from "./lookups.ts"

type Images = NonNullable<CommandOf<"CreateProduct">["images"]>

/** Images in their order; the first is primary unless another one says so. */
export const imagesOf = (images: Images): ReadonlyArray<ProductImage> => {
  const primary = Math.max(
    0,
    images.findIndex(({ isPrimary }) => isPrimary === true)
  )
  return images.map(({ alt, url }, position) => ({
    url,
    alt: alt ?? null,
    position,
    isPrimary: position === primary
  }))
}

/** Categories, the primary one first, the others in the order of their ids. */
export const categoriesOf = (
  categoryIds: ReadonlyArray<CategoryId>,
  primaryId: CategoryId | undefined = categoryIds[0]
): ReadonlyArray<ProductCategory> =>
  categoryIds
    .map((categoryId) => ({ categoryId, isPrimary: categoryId === primaryId }))
    .sort(
      (a, b) => Number(b.isPrimary) - Number(a.isPrimary) || (a.categoryId < b.categoryId ? -1 : 1)
    )

type OptionChanges = Omit<OptionEntry, "optionId">

/** An option with other fields. A status that it has already keeps the one who set it. */
export const withChanges = (option: ProductOption, changes: OptionChanges): ProductOption => {
  const { externalId, name, price, skuMappings, status, translations } = changes
  const isMoved = status !== undefined && status !== option.status
  return {
    ...option,
    ...(name === undefined ? {} : { name }),
    ...(translations === undefined
      ? {}
      : { translations: withTranslations(option.translations, translations, bareName) }),
    ...(price === undefined ? {} : { price }),
    ...(isMoved ? { status, statusBy: "PERSON" as const } : {}),
    ...(skuMappings === undefined ? {} : { skuMappings: bySkuId(skuMappings) }),
    ...(externalId === undefined ? {} : { externalId })
  }
}

/** What a new locale of an option or a category begins with; its name is always given. */
export const bareName = { name: "" }

const bySkuId = (mappings: ProductOption["skuMappings"]): ProductOption["skuMappings"] =>
  [...mappings].sort((a, b) => (a.skuId < b.skuId ? -1 : 1))

/** A new option, before it has its place. */
export const newOption = (
  draft: Draft,
  productId: ProductId,
  { name, optionId, ...changes }: OptionEntry & { readonly name: string }
): ProductOption =>
  withChanges(
    {
      id: optionId ?? draft.nextOptionId(),
      productId,
      name,
      translations: {},
      price: null,
      status: "ACTIVE",
      statusBy: "PERSON",
      skuMappings: [],
      position: 0,
      externalId: null,
      createdAt: draft.now
    },
    changes
  )

/** Options in their order, each with its place. */
export const placed = (options: ReadonlyArray<ProductOption>): ReadonlyArray<ProductOption> =>
  options.map((option, position) =>
    option.position === position ? option : { ...option, position }
  )

/** All options of a product, made of a list of entries: changed ones and new ones. */
export const optionsOf = (
  draft: Draft,
  productId: ProductId,
  before: ReadonlyArray<ProductOption>,
  entries: ReadonlyArray<OptionEntry>
): Decided<ReadonlyArray<ProductOption>> => {
  const known = new Map(before.map((option) => [option.id, option]))
  const issues: Array<{ path: string; message: string }> = []
  const options: Array<ProductOption> = []
  for (const [index, entry] of entries.entries()) {
    const { name, optionId, ...changes } = entry
    const option = optionId === undefined ? undefined : known.get(optionId)
    if (option !== undefined) {
      options.push(withChanges(option, name === undefined ? changes : { ...changes, name }))
    } else if (name === undefined) {
      issues.push({ path: `options.${index}.name`, message: "is required for a new option" })
    } else options.push(newOption(draft, productId, { ...entry, name }))
  }
  return issues.length > 0
    ? Result.fail({ _tag: "InvalidInput", issues })
    : Result.succeed(placed(options))
}

/** The id of a proposed option that another product has, or that was given twice. */
export const takenOptionId = (
  draft: Draft,
  productId: ProductId,
  options: ReadonlyArray<ProductOption>
): OptionId | undefined =>
  options.find(({ id }) => {
    const owner = draft.ownerOf("OPTION_ID", id)
    return owner !== undefined && owner !== productId
  })?.id

/** The texts of a product in other languages, some of them changed. */
export const textsOf = (
  before: Translations,
  changes: CommandOf<"UpdateProduct">["translations"]
): Translations =>
  changes === undefined
    ? before
    : withTranslations<Translations[string]>(before, changes, { name: null, description: null })

/** Refuses more translations, of a product or of one of its options, than there may be. */
export const translatable = <P extends Pick<Product, "options" | "translations">>(
  product: P
): Decided<P> => {
  const found = [
    { path: "translations", message: tooManyTranslations(product.translations) },
    ...product.options.map(({ translations }, index) => ({
      path: `options.${index}.translations`,
      message: tooManyTranslations(translations)
    }))
  ]
  const issues = found.flatMap(({ message, path }) =>
    message === undefined ? [] : [{ path, message }]
  )
  return issues.length > 0 ? Result.fail({ _tag: "InvalidInput", issues }) : Result.succeed(product)
}

/** Refuses an end of publication that is not after its beginning. */
export const published = <P extends Pick<Product, "publishAt" | "unpublishAt">>(
  product: P
): Decided<P> => {
  const { publishAt, unpublishAt } = product
  if (publishAt === null || unpublishAt === null) return Result.succeed(product)
  if (publishAt.epochMilliseconds < unpublishAt.epochMilliseconds) return Result.succeed(product)
  const issues = [{ path: "unpublishAt", message: "must be later than publishAt" }]
  return Result.fail({ _tag: "InvalidInput", issues })
}
