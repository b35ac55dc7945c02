/** What the model does with commands about products. */
import type { CommandOf } from "../../../catalog/messages/CatalogCommand.ts"
import { text } from "../../retelling.ts"
import { type Attempt, translate } from "./Attempt.ts"
import type { ModelOption, ModelProduct } from "./ModelCatalog.ts"
import { judgeValues, setValues } from "./modelAttributes.ts"

type Fields = Omit<CommandOf<"UpdateOption">, "_tag" | "productId" | "optionId" | "expectedVersion">

const fill = (
  option: ModelOption,
  { externalId, name, price, skuMappings, status, translations }: Fields
) => {
  translate(option.translations, translations, {})
  if (name !== undefined) option.name = name
  if (price !== undefined) {
    option.price = price?.amount ?? null
    option.currency = price?.currency ?? null
  }
  if (status !== undefined && status !== option.status) {
    option.status = status
    option.by = "PERSON"
  }
  if (skuMappings !== undefined) {
    option.units = Object.fromEntries(skuMappings.map((it) => [it.skuId, it.quantity]))
  }
  if (externalId !== undefined) option.externalId = externalId
}

const bare = (id: string, name: string): ModelOption => ({
  id,
  name,
  price: null,
  currency: null,
  status: "ACTIVE",
  by: "PERSON",
  units: {},
  translations: {},
  externalId: null
})

const nextOptionId = (attempt: Attempt): string =>
  attempt.commandId.slice(0, 32) + (0x8000 + attempt.optionsMade++).toString(16)

/** The ids of options of products other than one. */
const optionsElsewhere = ({ model }: Attempt, productId: string): ReadonlyArray<ModelOption> =>
  [...model.products.values()].flatMap(({ id, options }) => (id === productId ? [] : options))

const setCategories = (
  { broken, model }: Attempt,
  product: ModelProduct,
  {
    categoryIds,
    primaryCategoryId
  }: Pick<CommandOf<"SetCategories">, "primaryCategoryId"> & {
    readonly categoryIds?: ReadonlyArray<string>
  }
) => {
  if (categoryIds === undefined) return
  if (categoryIds.some((id) => !model.categories.has(id))) broken.add("CategoryNotFound")
  product.primary = primaryCategoryId ?? categoryIds[0] ?? null
  product.others = categoryIds.filter((id) => id !== product.primary).sort()
}

const setOptions = (
  attempt: Attempt,
  product: ModelProduct,
  entries: CommandOf<"UpdateProduct">["options"]
) => {
  if (entries === undefined) return
  const before = new Map(product.options.map((option) => [option.id, option]))
  product.options = entries.map(({ optionId, ...fields }) => {
    const known = optionId === undefined ? undefined : before.get(optionId)
    if (known === undefined && fields.name === undefined) attempt.broken.add("InvalidInput")
    const option = known ?? bare(optionId ?? nextOptionId(attempt), fields.name ?? "")
    fill(option, fields)
    return option
  })
}

/** The rules of whole products. */
const judge = (attempt: Attempt, product: ModelProduct, before?: ModelProduct) => {
  const { broken, model } = attempt
  judgeValues(attempt, product, before)
  const others = [...model.products.values()].filter(({ id }) => id !== product.id)
  const { externalId, options, slug, status, type } = product
  if (externalId !== null && others.some((it) => it.externalId === externalId)) {
    broken.add("ExternalIdTaken")
  }
  const given = options.flatMap((it) => it.externalId ?? [])
  const theirs = others.flatMap((it) => it.options.flatMap((option) => option.externalId ?? []))
  if (new Set(given).size < given.length || given.some((id) => theirs.includes(id))) {
    broken.add("ExternalIdTaken")
  }
  if (slug !== null && (model.slugs.get(slug) ?? product.id) !== product.id) broken.add("SlugTaken")
  for (const { units } of options) {
    const quantities = Object.values(units)
    const sum = quantities.reduce((total, quantity) => total + quantity, 0)
    if (quantities.length === 0) continue
    if (type === "NORMAL" ? quantities.length > 1 : sum < 2) broken.add("MappingsMismatch")
  }
  if (new Set(options.flatMap(({ currency }) => currency ?? [])).size > 1) {
    broken.add("CurrencyMismatch")
  }
  const offered = options.filter(
    (it) => it.status !== "INACTIVE" && it.price !== null && Object.keys(it.units).length > 0
  )
  if (status === "ACTIVE" && offered.length === 0) broken.add("NothingOnOffer")
}

const checkSkus = (
  { broken, word }: Attempt,
  command: { readonly allowUnknownSkus?: boolean }
): void => {
  if (word.unknownSkuIds.length > 0 && command.allowUnknownSkus !== true) broken.add("SkuNotFound")
}

const checkOptionIds = (attempt: Attempt, product: ModelProduct) => {
  const elsewhere = new Set(optionsElsewhere(attempt, product.id).map(({ id }) => id))
  if (product.options.some(({ id }) => elsewhere.has(id))) attempt.broken.add("IdTaken")
}

/** Makes a product. */
export const create = (attempt: Attempt, command: CommandOf<"CreateProduct">): void => {
  const { broken, commandId, model } = attempt
  const product: ModelProduct = {
    id: command.productId ?? commandId,
    name: command.name,
    description: command.description ?? null,
    translations: {},
    type: command.type,
    status: command.status ?? "DRAFT",
    options: [],
    images: (command.images ?? []).map(({ url }) => url),
    primary: null,
    others: [],
    externalId: command.externalId ?? null,
    slug: command.slug ?? null,
    attributes: {},
    version: 1,
    revision: 1
  }
  translate(product.translations, command.translations, { name: null, description: null })
  setOptions(attempt, product, command.options)
  setCategories(attempt, product, command)
  setValues(attempt, product, command.attributes)
  checkSkus(attempt, command)
  if (model.products.has(product.id) || model.deleted.has(product.id)) broken.add("IdTaken")
  checkOptionIds(attempt, product)
  judge(attempt, product)
  model.products.set(product.id, product)
  if (product.slug !== null) model.slugs.set(product.slug, product.id)
}

/** Copies a product. */
export const duplicate = (attempt: Attempt, command: CommandOf<"DuplicateProduct">): void => {
  const { broken, commandId, model } = attempt
  const id = command.copyId ?? commandId
  if (model.products.has(id) || model.deleted.has(id)) broken.add("IdTaken")
  const original = model.products.get(command.productId)
  if (original === undefined) {
    broken.add("ProductNotFound")
    return
  }
  const copy = structuredClone(original)
  Object.assign(copy, { id, name: command.name ?? copy.name, status: "DRAFT" })
  Object.assign(copy, { externalId: null, slug: null, version: 1, revision: 1 })
  for (const option of copy.options) {
    Object.assign(option, { id: nextOptionId(attempt), externalId: null })
    if (option.by === "STOCK") Object.assign(option, { by: "PERSON", status: "ACTIVE" })
  }
  model.products.set(id, copy)
}

/** Changes a product by what `edit` does to it, unless that is nothing. */
const change = (
  attempt: Attempt,
  command: { readonly productId: string; readonly expectedVersion?: number },
  edit: (product: ModelProduct) => void
): void => {
  const { broken, model } = attempt
  const product = model.products.get(command.productId)
  if (product === undefined) {
    broken.add("ProductNotFound")
    return
  }
  const { expectedVersion } = command
  if (expectedVersion !== undefined && expectedVersion !== product.revision) {
    broken.add("StaleExpectation")
  }
  const before = structuredClone(product)
  edit(product)
  if (text(product) === text(before)) return
  judge(attempt, product, before)
  const crossed = product.options.filter((option) => {
    const earlier = before.options.find(({ id }) => id === option.id)
    if (earlier === undefined || earlier.status === option.status) return false
    return (
      option.status === "SOLD_OUT" || (earlier.status === "SOLD_OUT" && option.status === "ACTIVE")
    )
  })
  product.version += 1 + crossed.length
  product.revision += 1
  if (product.slug !== null) model.slugs.set(product.slug, product.id)
}

/** Changes a product. */
export const update = (attempt: Attempt, command: CommandOf<"UpdateProduct">): void =>
  change(attempt, command, (product) => {
    setOptions(attempt, product, command.options)
    setCategories(attempt, product, command)
    setValues(attempt, product, command.attributes)
    checkSkus(attempt, command)
    checkOptionIds(attempt, product)
    translate(product.translations, command.translations, { name: null, description: null })
    if (command.name !== undefined) product.name = command.name
    if (command.type !== undefined) product.type = command.type
    if (command.description !== undefined) product.description = command.description
    if (command.images !== undefined) product.images = command.images.map(({ url }) => url)
    if (command.externalId !== undefined) product.externalId = command.externalId
    if (command.slug !== undefined) product.slug = command.slug
  })

/** Sets images or categories, or the status. */
export const set = (
  attempt: Attempt,
  command: CommandOf<
    "SetImages" | "SetCategories" | "ActivateProduct" | "DeactivateProduct" | "DiscontinueProduct"
  >
): void =>
  change(attempt, command, (product) => {
    switch (command._tag) {
      case "SetImages":
        product.images = command.images.map(({ url }) => url)
        return
      case "SetCategories":
        return setCategories(attempt, product, command)
      case "ActivateProduct":
        product.status = "ACTIVE"
        return
      case "DeactivateProduct":
        if (product.status === "DISCONTINUED") attempt.broken.add("ProductConflict")
        product.status = "INACTIVE"
        return
      case "DiscontinueProduct":
        product.status = "DISCONTINUED"
    }
  })

/** Deletes a product. */
export const remove = (
  { broken, model, word }: Attempt,
  { expectedVersion, productId }: CommandOf<"DeleteProduct">
): void => {
  const product = model.products.get(productId)
  if (product === undefined) broken.add("ProductNotFound")
  if (expectedVersion !== undefined && expectedVersion !== product?.revision) {
    broken.add("StaleExpectation")
  }
  if (word.heldOptionIds.length > 0) broken.add("ProductReserved")
  model.products.delete(productId)
  model.deleted.add(productId)
  for (const [slug, owner] of model.slugs) if (owner === productId) model.slugs.delete(slug)
  for (const key of model.seen.keys()) if (key.startsWith(productId)) model.seen.delete(key)
}

/** Adds, changes, maps or removes an option. */
export const editOption = (
  attempt: Attempt,
  command: CommandOf<"AddOption" | "UpdateOption" | "SetSkuMappings" | "RemoveOption">
): void =>
  change(attempt, command, (product) => {
    const { _tag, ...fields } = command
    if (_tag !== "RemoveOption") checkSkus(attempt, command as CommandOf<"AddOption">)
    const index = product.options.findIndex(({ id }) => id === command.optionId)
    const known = product.options[index]
    if (_tag === "AddOption") {
      if (known !== undefined) attempt.broken.add("IdTaken")
      const added = command as CommandOf<"AddOption">
      const option = bare(added.optionId ?? nextOptionId(attempt), added.name)
      fill(option, fields as Fields)
      product.options.splice(added.position ?? product.options.length, 0, option)
      checkOptionIds(attempt, product)
      return
    }
    if (known === undefined) {
      attempt.broken.add("OptionNotFound")
      return
    }
    product.options.splice(index, 1)
    if (_tag === "RemoveOption") return
    fill(known, fields as Fields)
    const { position } = command as CommandOf<"UpdateOption">
    product.options.splice(position ?? index, 0, known)
  })

/** Moves options by the stock of their SKUs. */
export const follow = (
  { broken, model }: Attempt,
  { productId, stock }: CommandOf<"FollowStock">
): void => {
  const product = model.products.get(productId)
  if (product === undefined) {
    broken.add("ProductNotFound")
    return
  }
  const mapped = new Set(product.options.flatMap(({ units }) => Object.keys(units)))
  const facts = stock.filter(({ skuId }) => mapped.has(skuId))
  for (const { skuId, version } of facts) {
    const key = `${productId} ${skuId}`
    if (version < (model.seen.get(key) ?? 0)) broken.add("StaleStock")
    model.seen.set(key, Math.max(version, model.seen.get(key) ?? 0))
  }
  const available = Object.fromEntries(facts.map((it) => [it.skuId, it.availableQuantity]))
  for (const option of product.options) {
    const parts = Object.entries(option.units)
    const isAsked = parts.length > 0 && parts.every(([skuId]) => skuId in available)
    if (!isAsked || option.status === "INACTIVE") continue
    if (option.status === "SOLD_OUT" && option.by === "PERSON") continue
    const canBeHad = parts.every(([skuId, quantity]) => (available[skuId] ?? 0) >= quantity)
    const status = canBeHad ? "ACTIVE" : "SOLD_OUT"
    if (status === option.status) continue
    Object.assign(option, { status, by: "STOCK" })
    product.version += 1
  }
}
