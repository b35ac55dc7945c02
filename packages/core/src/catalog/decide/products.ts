/**
 * Decisions about whole products: create, change, put on sale, withdraw, delete. Each proposes what
 * the product is to be; the rules are the same for all.
 */
import * as Result from "effect/Result"
import { type ProductId, productIdOf } from "../../kernel/Identifier.ts"
import type { AnswerOf } from "../messages/CatalogAnswer.ts"
import type { CommandOf } from "../messages/CatalogCommand.ts"
import type { CatalogRefusal } from "../messages/CatalogError.ts"
import { withValues } from "../state/Attribute.ts"
import { changedFields, type Product, skuIdsOf } from "../state/Product.ts"
import type { Draft } from "./Draft.ts"
import { type Decided, expecting, findCategories, findProduct, knownAttributes } from "./lookups.ts"
import {
  categoriesOf,
  imagesOf,
  optionsOf,
  published,
  takenOptionId,
  textsOf,
  translatable
} from "./proposals.ts"
import { keepingRules } from "./rules.ts"

/** A command that changes a product. */
type OfProduct = Pick<CommandOf<"ActivateProduct">, "productId" | "expectedVersion">

/**
 * Changes a product to what `propose` makes of it, if the caller has read its present revision and
 * the rules allow it. A change without effect makes no event.
 */
export const changeProduct = (
  draft: Draft,
  { expectedVersion, productId }: OfProduct,
  propose: (before: Product) => Decided<Product>,
  conflict: (before: Product) => CatalogRefusal | undefined = () => undefined
): Decided<Product> =>
  Result.gen(function* () {
    const before = yield* findProduct(draft, productId)
    const proposed = yield* propose(before)
    yield* expecting("revision", before.revision, expectedVersion)
    const refusal = conflict(before)
    if (refusal !== undefined) return yield* Result.fail(refusal)
    const changed = changedFields(before, proposed)
    if (changed.length === 0) return before
    yield* keepingRules(draft, before, proposed)
    return draft.change(before, proposed, changed)
  })

/** Refuses mappings of SKUs that the inventory does not know, unless they were asked for. */
export const knownSkus = (
  draft: Draft,
  { allowUnknownSkus }: { readonly allowUnknownSkus?: boolean }
): Decided<void> => {
  const skuIds = draft.word.unknownSkuIds
  return skuIds.length === 0 || allowUnknownSkus === true
    ? Result.succeed(undefined)
    : Result.fail({ _tag: "SkuNotFound", skuIds })
}

/** Refuses the id of a product that is there, or was. */
const freeProductId = (draft: Draft, id: ProductId): Decided<void> =>
  draft.product(id) !== undefined || draft.wasProduct(id)
    ? Result.fail({ _tag: "IdTaken", kind: "product", id })
    : Result.succeed(undefined)

/** Refuses options with ids of others. */
export const freeOptionIds = (draft: Draft, product: Product): Decided<Product> => {
  const id = takenOptionId(draft, product.id, product.options)
  return id === undefined
    ? Result.succeed(product)
    : Result.fail({ _tag: "IdTaken", kind: "option", id })
}

/** Makes a product, whole. */
export const createProduct = (
  draft: Draft,
  command: CommandOf<"CreateProduct">
): Decided<Product> =>
  Result.gen(function* () {
    const id = command.productId ?? productIdOf(draft.origin.commandId)
    const options = yield* optionsOf(draft, id, [], command.options ?? [])
    const product: Product = yield* published({
      id,
      name: command.name,
      description: command.description ?? null,
      translations: textsOf({}, command.translations),
      type: command.type,
      status: command.status ?? "DRAFT",
      images: imagesOf(command.images ?? []),
      options,
      categories: categoriesOf(command.categoryIds ?? [], command.primaryCategoryId),
      externalId: command.externalId ?? null,
      slug: command.slug ?? null,
      attributes: withValues({}, command.attributes ?? {}),
      metadata: command.metadata ?? null,
      publishAt: command.publishAt ?? null,
      unpublishAt: command.unpublishAt ?? null,
      version: 1,
      revision: 1,
      createdAt: draft.now,
      updatedAt: draft.now
    })
    yield* translatable(product)
    yield* findCategories(draft, command.categoryIds ?? [])
    yield* knownAttributes(draft, command.attributes ?? {})
    yield* knownSkus(draft, command)
    yield* freeProductId(draft, id)
    yield* freeOptionIds(draft, product)
    yield* keepingRules(draft, undefined, product)
    return draft.create(product)
  })

/** Makes a draft that is like a product, apart from what is unique. */
export const duplicateProduct = (
  draft: Draft,
  { copyId, name, productId }: CommandOf<"DuplicateProduct">
): Decided<Product> =>
  Result.gen(function* () {
    const original = yield* findProduct(draft, productId)
    const id = copyId ?? productIdOf(draft.origin.commandId)
    yield* freeProductId(draft, id)
    const now = draft.now
    return draft.create({
      ...original,
      id,
      name: name ?? original.name,
      status: "DRAFT",
      options: original.options.map((option) => ({
        ...option,
        id: draft.nextOptionId(),
        productId: id,
        // What stock has sold out follows the stock again from the start.
        ...(option.statusBy === "STOCK" ? { status: "ACTIVE", statusBy: "PERSON" } : {}),
        externalId: null,
        createdAt: now
      })),
      externalId: null,
      slug: null,
      publishAt: null,
      unpublishAt: null,
      version: 1,
      revision: 1,
      createdAt: now,
      updatedAt: now
    })
  })

/** Changes a product; what is left out stays. */
export const updateProduct = (
  draft: Draft,
  command: CommandOf<"UpdateProduct">
): Decided<Product> =>
  changeProduct(draft, command, (before) =>
    Result.gen(function* () {
      const {
        _tag,
        allowUnknownSkus,
        attributes,
        categoryIds,
        expectedVersion,
        images,
        options,
        primaryCategoryId,
        productId,
        translations,
        ...plain
      } = command
      const proposed = yield* published<Product>({
        ...before,
        ...plain,
        translations: textsOf(before.translations, translations),
        attributes: withValues(before.attributes, attributes ?? {}),
        ...(images === undefined ? {} : { images: imagesOf(images) }),
        ...(categoryIds === undefined
          ? {}
          : { categories: categoriesOf(categoryIds, primaryCategoryId) }),
        ...(options === undefined
          ? {}
          : { options: yield* optionsOf(draft, productId, before.options, options) })
      })
      yield* translatable(proposed)
      yield* findCategories(draft, categoryIds ?? [])
      yield* knownAttributes(draft, attributes ?? {})
      yield* knownSkus(draft, command)
      return yield* freeOptionIds(draft, proposed)
    })
  )

/** Sets the images of a product. */
export const setImages = (draft: Draft, command: CommandOf<"SetImages">): Decided<Product> =>
  changeProduct(draft, command, (before) =>
    Result.succeed({ ...before, images: imagesOf(command.images) })
  )

/** Sets the categories of a product. */
export const setCategories = (
  draft: Draft,
  command: CommandOf<"SetCategories">
): Decided<Product> =>
  changeProduct(draft, command, (before) =>
    Result.map(findCategories(draft, command.categoryIds), (categoryIds) => ({
      ...before,
      categories: categoriesOf(categoryIds, command.primaryCategoryId)
    }))
  )

const withStatus = (status: Product["status"]) => (before: Product) =>
  Result.succeed({ ...before, status })

/** Puts a product on sale, from whatever status. */
export const activateProduct = (
  draft: Draft,
  command: CommandOf<"ActivateProduct">
): Decided<Product> => changeProduct(draft, command, withStatus("ACTIVE"))

/** Withdraws a product. One that is out of the range is not brought back by that. */
export const deactivateProduct = (
  draft: Draft,
  command: CommandOf<"DeactivateProduct">
): Decided<Product> =>
  changeProduct(draft, command, withStatus("INACTIVE"), ({ id: productId, status }) =>
    status === "DISCONTINUED"
      ? { _tag: "ProductConflict", productId, status, action: "deactivate" }
      : undefined
  )

/** Takes a product out of the range. */
export const discontinueProduct = (
  draft: Draft,
  command: CommandOf<"DiscontinueProduct">
): Decided<Product> => changeProduct(draft, command, withStatus("DISCONTINUED"))

/** Deletes a product through whose options no holds are open, as far as the inventory knows. */
export const deleteProduct = (
  draft: Draft,
  { expectedVersion, productId }: CommandOf<"DeleteProduct">
): Decided<AnswerOf<"DeleteProduct">> =>
  Result.gen(function* () {
    const product = yield* findProduct(draft, productId)
    yield* expecting("revision", product.revision, expectedVersion)
    const optionIds = draft.word.heldOptionIds
    if (optionIds.length > 0) {
      return yield* Result.fail({ _tag: "ProductReserved", productId, optionIds } as const)
    }
    const version = product.version + 1
    draft.emit("product.deleted", productId, version, { productId, skuIds: skuIdsOf(product) })
    return { productId, version }
  })
