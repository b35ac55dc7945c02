/**
 * Products of a file as commands: made whole where they are not there, else changed. Options that a
 * file does not name stay as they are.
 */
import * as Effect from "effect/Effect"
import type { CatalogAnswer } from "../../catalog/messages/CatalogAnswer.ts"
import type { CatalogCommand } from "../../catalog/messages/CatalogCommand.ts"
import type { Product, ProductStatus } from "../../catalog/state/Product.ts"
import { CommandIds } from "../../engine/CommandIds.ts"
import type { CategoryId, OptionId, ProductId } from "../../kernel/Identifier.ts"
import type { Problem, ReadRecord } from "../records/FileRecord.ts"
import { problemAt } from "../records/FileRecord.ts"
import { attributeValues } from "./attributeValues.ts"
import type { Plan, Refused } from "./Plan.ts"
import { wrongAt } from "./Plan.ts"
import { type ProductLookups, type ProductNames, readNames } from "./productNames.ts"
import { optionEntries } from "./productOptions.ts"

type ProductPlan = Plan<CatalogCommand, CatalogAnswer>
type Command<Tag extends CatalogCommand["_tag"]> = Extract<CatalogCommand, { readonly _tag: Tag }>

/** The field to which a refusal of a product belongs. */
const pathOf = (optionIds: ReadonlyArray<OptionId | undefined>) => (refusal: Refused) => {
  const { _tag, code, fields, optionId, kind, what } = refusal as Refused & {
    readonly code?: string
    readonly fields?: ReadonlyArray<string>
    readonly optionId?: OptionId
    readonly kind?: string
    readonly what?: string
  }
  const index = optionIds.indexOf(optionId)
  const option = index < 0 ? "options" : `options.${index}`
  switch (_tag) {
    case "ExternalIdTaken":
      return kind === "option" ? "options.0.externalId" : "externalId"
    case "IdTaken":
      return kind === "option" ? "options.0.id" : "id"
    case "SlugTaken":
      return "slug"
    case "CategoryNotFound":
      return "categories"
    case "AttributeInactive":
    case "AttributeMismatch":
    case "AttributeNotForType":
      return `attributes.${code}`
    case "AttributeNotFound":
      return fields?.[0] ?? "attributes"
    case "ProductTooLarge":
      return what === "attributes" ? what : "options"
    case "MappingsMismatch":
    case "SkuNotFound":
      return `${option}.skus`
    case "CurrencyMismatch":
      return `${option}.price.currency`
    case "NothingOnOffer":
    case "ProductConflict":
      return "status"
    default:
      return "name"
  }
}

const statusCommand = (
  productId: ProductId,
  before: ProductStatus,
  status: ProductStatus | undefined
): ReadonlyArray<CatalogCommand> => {
  if (status === undefined || status === before) return []
  switch (status) {
    case "ACTIVE":
      return [{ _tag: "ActivateProduct", productId }]
    case "INACTIVE":
      return [{ _tag: "DeactivateProduct", productId }]
    case "DISCONTINUED":
      return [{ _tag: "DiscontinueProduct", productId }]
    default:
      return []
  }
}

/** The fields that a record and a command have in common, with the categories by their ids. */
const plainFields = (
  record: ReadRecord<"products">,
  names: ProductNames,
  values: Command<"UpdateProduct">["attributes"]
) => {
  const {
    attributes: _attributes,
    categories,
    id: _id,
    name,
    options: _options,
    status: _status,
    ...plain
  } = record.value
  const categoryIds = categories?.map((category) => names.categories.get(category) as CategoryId)
  return {
    ...plain,
    ...(name === undefined ? {} : { name }),
    ...(categoryIds === undefined ? {} : { categoryIds }),
    ...(values === undefined ? {} : { attributes: values })
  }
}

type PlainFields = ReturnType<typeof plainFields>

/** What the record names that is not there. */
const missingNames = (
  { placeOf, value }: ReadRecord<"products">,
  names: ProductNames
): ReadonlyArray<Problem> => {
  const problems: Array<Problem> = []
  const missing = (path: string, code: string, message: string) =>
    problems.push(problemAt(placeOf(path), code, message))
  for (const category of value.categories ?? []) {
    if (names.categories.has(category)) continue
    missing("categories", "CategoryNotFound", `no category has the external id "${category}"`)
  }
  for (const [index, { skuIds, skus }] of (value.options ?? []).entries()) {
    for (const { code } of skus ?? []) {
      if (names.skus.has(code)) continue
      const message = names.isJoined
        ? `no SKU has the code "${code}"; import the SKUs first`
        : `the code "${code}" cannot be looked up, since no inventory is here; name SKUs by their ids`
      missing(`options.${index}.skus`, "SkuNotFound", message)
    }
    for (const { skuId } of skuIds ?? []) {
      if (!names.unknownSkuIds.has(skuId)) continue
      const message = `no such SKU: "${skuId}"; import the SKUs first, or allow unknown ones`
      missing(`options.${index}.skuIds`, "SkuNotFound", message)
    }
  }
  return problems
}

/** Plans products over what is there. */
export const planProducts =
  (lookups: ProductLookups) => (records: ReadonlyArray<ReadRecord<"products">>) =>
    Effect.gen(function* () {
      const ids = yield* CommandIds
      const names = yield* readNames(lookups, records)
      return records.map((record): ProductPlan => {
        const { externalId, id: ownId } = record.value
        const id = ownId ?? names.products.get(externalId ?? "")
        const before = id === undefined ? undefined : names.byId.get(id)
        const { problems, values } = attributeValues(record, names.attributes, before)
        const wrong = [...missingNames(record, names), ...problems]
        if (wrong.length > 0) return { _tag: "Wrong", problems: wrong }
        const newId = () => ids.next() as string
        const fields = plainFields(record, names, values)
        return before === undefined
          ? create(record, names, fields, id ?? (newId() as ProductId), newId)
          : change(record, names, fields, before, newId)
      })
    })

const create = (
  record: ReadRecord<"products">,
  names: ProductNames,
  fields: PlainFields,
  productId: ProductId,
  newId: () => string
): ProductPlan => {
  const { name, options: given, status = "DRAFT", type = "NORMAL" } = record.value
  if (name === undefined) {
    return wrongAt(record, "name", "InvalidInput", "is required for a new product")
  }
  const nameless = (given ?? []).findIndex((option) => option.name === undefined)
  if (nameless >= 0) {
    const path = `options.${nameless}.name`
    return wrongAt(record, path, "InvalidInput", "is required for a new option")
  }
  const entries = optionEntries(given ?? [], [], names, newId)
  const isForSale = status === "ACTIVE" || status === "DRAFT"
  const command: Command<"CreateProduct"> = {
    _tag: "CreateProduct",
    productId,
    ...fields,
    name,
    type,
    status: isForSale ? status : "DRAFT",
    allowUnknownSkus: true,
    ...(given === undefined
      ? {}
      : { options: entries as NonNullable<Command<"CreateProduct">["options"]> })
  }
  return {
    _tag: "Do",
    commands: [command, ...(isForSale ? [] : statusCommand(productId, "DRAFT", status))],
    verdict: () => "created",
    pathOf: pathOf(entries.map(({ optionId }) => optionId))
  }
}

const change = (
  record: ReadRecord<"products">,
  names: ProductNames,
  fields: PlainFields,
  before: Product,
  newId: () => string
): ProductPlan => {
  const productId = before.id
  const { options: given, status } = record.value
  if (status === "DRAFT" && before.status !== "DRAFT") {
    const message = `the product is ${before.status}, and does not become a draft again`
    return wrongAt(record, "status", "ProductConflict", message)
  }
  const entries = optionEntries(given ?? [], before.options, names, newId)
  const moves = statusCommand(productId, before.status, status)
  // What an ACTIVE product needs may go with it when it is withdrawn, and comes before it is back.
  const isWithdrawn = moves.length > 0 && status !== "ACTIVE"
  const revision = before.revision + (isWithdrawn ? 1 : 0)
  const description = fields.description === null && before.description === ""
  const command: Command<"UpdateProduct"> = {
    _tag: "UpdateProduct",
    productId,
    ...fields,
    ...(description ? { description: "" } : {}),
    allowUnknownSkus: true,
    // The list holds the options that the file does not name, as they were when it was made.
    ...(given === undefined ? {} : { options: entries, expectedVersion: revision })
  }
  return {
    _tag: "Do",
    commands: isWithdrawn ? [...moves, command] : [command, ...moves],
    verdict: (answers) => (answers.at(-1)?.version === before.version ? "unchanged" : "updated"),
    pathOf: pathOf(entries.map(({ optionId }) => optionId)),
    isStale: ({ _tag }) => _tag === "StaleExpectation"
  }
}
