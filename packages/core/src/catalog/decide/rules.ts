/**
 * What must be true of a product after every change that people make, in the order of precedence.
 * Each rule gives its refusal, or undefined.
 */
import * as Result from "effect/Result"
import type { CatalogRefusal } from "../messages/CatalogError.ts"
import { isOfKind, isSameValue, unknownChoices } from "../state/Attribute.ts"
import type { CatalogBook } from "../state/CatalogBook.ts"
import { attributesMax, type Product } from "../state/Product.ts"
import { isOnOffer, mappingsMax, optionsMax } from "../state/ProductOption.ts"
import type { Decided } from "./lookups.ts"

/** A rule about a product on its own. */
type OwnRule = (next: Product) => CatalogRefusal | undefined

/** A rule about a product among others. */
type Rule = (
  next: Product,
  before: Product | undefined,
  book: CatalogBook
) => CatalogRefusal | undefined

const productExternalId: Rule = ({ externalId, id }, _before, book) => {
  if (externalId === null) return undefined
  const owner = book.ownerOf("PRODUCT_EXTERNAL_ID", externalId)
  return owner === undefined || owner === id
    ? undefined
    : { _tag: "ExternalIdTaken", kind: "product", externalId }
}

/** An id that one option gives up, another option of the product may take in the same step. */
const optionExternalIds: Rule = (next, before, book) => {
  const ours = new Set<string>((before ?? next).options.map(({ id }) => id))
  const given = new Set<string>()
  for (const { externalId, id } of next.options) {
    if (externalId === null) continue
    const owner = book.ownerOf("OPTION_EXTERNAL_ID", externalId)
    const isOthers = owner !== undefined && owner !== id && !ours.has(owner)
    if (isOthers || given.has(externalId)) {
      return { _tag: "ExternalIdTaken", kind: "option", externalId }
    }
    given.add(externalId)
  }
  return undefined
}

const slug: Rule = (next, _before, book) => {
  if (next.slug === null) return undefined
  const owner = book.ownerOf("SLUG", next.slug)
  return owner === undefined || owner === next.id
    ? undefined
    : { _tag: "SlugTaken", slug: next.slug }
}

const size: OwnRule = ({ attributes, id: productId, options }) => {
  const tooLarge = "ProductTooLarge"
  if (options.length > optionsMax) {
    return { _tag: tooLarge, productId, what: "options", count: options.length, max: optionsMax }
  }
  const count = options.reduce((sum, { skuMappings }) => sum + skuMappings.length, 0)
  if (count > mappingsMax) {
    return { _tag: tooLarge, productId, what: "mappings", count, max: mappingsMax }
  }
  const values = Object.keys(attributes).length
  return values <= attributesMax
    ? undefined
    : { _tag: tooLarge, productId, what: "attributes", count: values, max: attributesMax }
}

/** The values that a product had not before, with their attributes, in the order of the codes. */
const newValues = (next: Product, before: Product | undefined, book: CatalogBook) =>
  Object.entries(next.attributes).flatMap(([code, value]) => {
    if (isSameValue(before?.attributes[code], value)) return []
    const attribute = book.attributeOfCode(code)
    return attribute === undefined ? [] : [{ attribute, value }]
  })

const activeAttributes: Rule = (next, before, book) => {
  const found = newValues(next, before, book).find(({ attribute }) => !attribute.isActive)
  return found === undefined
    ? undefined
    : { _tag: "AttributeInactive", productId: next.id, code: found.attribute.code }
}

/** A value that a product has fits its type, so that only a new value or a new type can be wrong. */
const attributesForType: Rule = (next, before, book) => {
  const { attributes, id: productId, type } = next
  const codes =
    type === before?.type
      ? newValues(next, before, book).map(({ attribute }) => attribute.code)
      : Object.keys(attributes)
  const code = codes.find((it) => {
    const productType = book.attributeOfCode(it)?.productType
    return productType !== undefined && productType !== null && productType !== type
  })
  return code === undefined ? undefined : { _tag: "AttributeNotForType", productId, code, type }
}

const fittingValues: Rule = (next, before, book) => {
  for (const { attribute, value } of newValues(next, before, book)) {
    const unknown = unknownChoices(attribute, value)
    if (isOfKind(attribute, value) && unknown.length === 0) continue
    const { code, kind } = attribute
    const choices = kind === "CHOICE" ? unknown : []
    return {
      _tag: "AttributeMismatch",
      productId: next.id,
      code,
      kind,
      unknownChoices: choices
    }
  }
  return undefined
}

const mappings: OwnRule = ({ id: productId, options, type }) => {
  for (const { id: optionId, skuMappings } of options) {
    const skus = skuMappings.length
    if (skus === 0) continue
    const isOneUnit = skus === 1 && skuMappings[0]?.quantity === 1
    const fits = type === "NORMAL" ? skus === 1 : !isOneUnit
    if (!fits) return { _tag: "MappingsMismatch", productId, optionId, type, skus }
  }
  return undefined
}

const oneCurrency: OwnRule = ({ id: productId, options }) => {
  let expected: string | undefined
  for (const { id: optionId, price } of options) {
    if (price === null) continue
    expected ??= price.currency
    const { currency } = price
    if (currency !== expected) {
      return { _tag: "CurrencyMismatch", productId, optionId, currency, expected }
    }
  }
  return undefined
}

/** A sold out option is on offer: stock must not make a product break a rule. */
const onOffer: OwnRule = ({ id: productId, options, status }) =>
  status !== "ACTIVE" || options.some(isOnOffer) ? undefined : { _tag: "NothingOnOffer", productId }

const ownRules: ReadonlyArray<OwnRule> = [size, mappings, oneCurrency, onOffer]
const rules: ReadonlyArray<Rule> = [
  productExternalId,
  optionExternalIds,
  slug,
  size,
  activeAttributes,
  attributesForType,
  fittingValues,
  mappings,
  oneCurrency,
  onOffer
]

/** The product, or the refusal of the first rule that it would break. */
export const keepingRules = (
  book: CatalogBook,
  before: Product | undefined,
  next: Product
): Decided<Product> => {
  for (const rule of rules) {
    const refusal = rule(next, before, book)
    if (refusal !== undefined) return Result.fail(refusal)
  }
  return Result.succeed(next)
}

/** What is wrong with a product on its own, or undefined: an invariant of every product. */
export const violationOf = (product: Product): CatalogRefusal | undefined => {
  for (const rule of ownRules) {
    const refusal = rule(product)
    if (refusal !== undefined) return refusal
  }
  return undefined
}
