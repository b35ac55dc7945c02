/** What the model does with commands about attributes, and with values of them on products. */
import type { CommandOf } from "../../../catalog/messages/CatalogCommand.ts"
import { text } from "../../retelling.ts"
import { type Attempt, translate } from "./Attempt.ts"
import type { ModelAttribute, ModelCatalog, ModelProduct, ModelValue } from "./ModelCatalog.ts"

const choicesOf = (
  choices: NonNullable<CommandOf<"CreateAttribute">["choices"]>
): ModelAttribute["choices"] =>
  choices.map(({ name, translations, value }) => ({
    value,
    name: name ?? value,
    translations: translations ?? {}
  }))

/** A unit belongs to a number alone, and choices to a choice alone, which has one at least. */
const judge = ({ broken }: Attempt, { choices, kind, unit }: ModelAttribute): void => {
  if (unit !== null && kind !== "NUMBER") broken.add("InvalidInput")
  if (choices.length > 0 !== (kind === "CHOICE")) broken.add("InvalidInput")
}

/** Makes an attribute. */
export const createAttribute = (attempt: Attempt, command: CommandOf<"CreateAttribute">): void => {
  const { broken, commandId, model } = attempt
  const attribute: ModelAttribute = {
    id: (command.attributeId ?? commandId) as ModelAttribute["id"],
    code: command.code,
    name: command.name,
    translations: {},
    kind: command.kind,
    unit: command.unit ?? null,
    choices: choicesOf(command.choices ?? []),
    productType: command.productType ?? null,
    isFilterable: command.isFilterable ?? true,
    isActive: command.isActive ?? true,
    version: 1
  }
  translate(attribute.translations, command.translations, {})
  judge(attempt, attribute)
  const { code, id } = attribute
  if (model.attributes.has(id) || model.deleted.has(id)) broken.add("IdTaken")
  if (model.attributeOf(code) !== undefined) broken.add("AttributeCodeTaken")
  model.attributes.set(id, attribute)
}

const found = (
  { broken, model }: Attempt,
  command: CommandOf<"UpdateAttribute" | "DeleteAttribute">
): ModelAttribute | undefined => {
  const { attributeId, expectedVersion } = command
  const attribute = model.attributes.get(attributeId)
  if (attribute === undefined) broken.add("AttributeNotFound")
  if (expectedVersion !== undefined && expectedVersion !== attribute?.version) {
    broken.add("StaleExpectation")
  }
  return attribute
}

/** The values of an attribute that any product has. */
const usedValues = (model: ModelCatalog, code: string): ReadonlyArray<ModelValue> =>
  [...model.products.values()].flatMap(({ attributes }) => attributes[code] ?? [])

/** Changes an attribute, or retires it. */
export const updateAttribute = (attempt: Attempt, command: CommandOf<"UpdateAttribute">): void => {
  const attribute = found(attempt, command)
  if (attribute === undefined) return
  const { _tag, attributeId, choices, expectedVersion, translations, ...changes } = command
  const after: ModelAttribute = {
    ...attribute,
    ...changes,
    translations: { ...attribute.translations }
  }
  if (choices !== undefined) after.choices = choicesOf(choices)
  translate(after.translations, translations, {})
  judge(attempt, after)
  if (text(after) === text(attribute)) return
  const kept = after.choices.map(({ value }) => value)
  const isChoice = attribute.kind === "CHOICE"
  const used = isChoice ? usedValues(attempt.model, attribute.code) : []
  if (used.some((value) => !kept.includes(String(value)))) attempt.broken.add("AttributeInUse")
  attempt.model.attributes.set(attributeId, { ...after, version: attribute.version + 1 })
}

/** Deletes an attribute that no product has a value of. */
export const deleteAttribute = (attempt: Attempt, command: CommandOf<"DeleteAttribute">): void => {
  const { broken, model } = attempt
  const attribute = found(attempt, command)
  if (attribute === undefined) return
  if (usedValues(model, attribute.code).length > 0) broken.add("AttributeInUse")
  model.attributes.delete(attribute.id)
  model.deleted.add(attribute.id)
}

/** Gives values to a product, or takes them away. */
export const setValues = (
  { broken, model }: Attempt,
  product: ModelProduct,
  changes: CommandOf<"UpdateProduct">["attributes"]
): void => {
  for (const [code, value] of Object.entries(changes ?? {})) {
    if (model.attributeOf(code) === undefined) broken.add("AttributeNotFound")
    if (value === null) delete product.attributes[code]
    else product.attributes[code] = Array.isArray(value) ? [...value].sort() : value
  }
  const sorted = Object.entries(product.attributes).sort(([a], [b]) => (a < b ? -1 : 1))
  product.attributes = Object.fromEntries(sorted)
}

const isOfKind = (value: ModelValue, { choices, kind }: ModelAttribute): boolean => {
  if (kind === "CHOICE") {
    return (
      Array.isArray(value) && value.every((it) => choices.some((choice) => choice.value === it))
    )
  }
  return typeof value === { TEXT: "string", NUMBER: "number", BOOLEAN: "boolean" }[kind]
}

/** The rules about the values of a product. */
export const judgeValues = (
  { broken, model }: Attempt,
  product: ModelProduct,
  before: ModelProduct | undefined
): void => {
  for (const [code, value] of Object.entries(product.attributes)) {
    const attribute = model.attributeOf(code)
    if (attribute === undefined) continue
    const { productType } = attribute
    if (productType !== null && productType !== product.type) broken.add("AttributeNotForType")
    if (text(value) === text(before?.attributes[code])) continue
    if (!attribute.isActive) broken.add("AttributeInactive")
    if (!isOfKind(value, attribute)) broken.add("AttributeMismatch")
  }
}
