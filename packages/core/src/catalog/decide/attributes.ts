/**
 * Decisions about attributes: create, change, retire, delete. What products have of an attribute is
 * never lost by a change of it.
 */
import * as Result from "effect/Result"
import { attributeIdOf } from "../../kernel/Identifier.ts"
import type { AnswerOf } from "../messages/CatalogAnswer.ts"
import type { CommandOf } from "../messages/CatalogCommand.ts"
import type { Attribute, AttributeChoice } from "../state/Attribute.ts"
import { tooManyTranslations, tooMuchText, withTranslations } from "../state/Translations.ts"
import type { Draft } from "./Draft.ts"
import { type Decided, expecting, findAttribute } from "./lookups.ts"
import { bareName } from "./proposals.ts"

/** Makes an attribute. */
export const createAttribute = (
  draft: Draft,
  command: CommandOf<"CreateAttribute">
): Decided<Attribute> =>
  Result.gen(function* () {
    const { code } = command
    const id = command.attributeId ?? attributeIdOf(draft.origin.commandId)
    const attribute: Attribute = {
      id,
      code,
      name: command.name,
      translations: withTranslations({}, command.translations ?? {}, bareName),
      kind: command.kind,
      unit: command.unit ?? null,
      choices: choicesOf(command.choices ?? []),
      productType: command.productType ?? null,
      isFilterable: command.isFilterable ?? true,
      isActive: command.isActive ?? true,
      version: 1
    }
    yield* wellMade(attribute)
    if (draft.attribute(id) !== undefined || draft.wasAttribute(id)) {
      return yield* Result.fail({ _tag: "IdTaken", kind: "attribute", id } as const)
    }
    if (draft.ownerOf("ATTRIBUTE_CODE", code) !== undefined) {
      return yield* Result.fail({ _tag: "AttributeCodeTaken", code } as const)
    }
    draft.emit("attribute.created", id, 1, { attribute })
    return attribute
  })

const changeable = ["name", "translations", "unit", "choices", "isFilterable", "isActive"] as const

/** Changes an attribute. A change without effect makes no event. */
export const updateAttribute = (
  draft: Draft,
  {
    _tag,
    attributeId,
    choices,
    expectedVersion,
    translations,
    ...changes
  }: CommandOf<"UpdateAttribute">
): Decided<Attribute> =>
  Result.gen(function* () {
    const before = yield* findAttribute(draft, attributeId)
    const attribute: Attribute = {
      ...before,
      ...changes,
      ...(choices === undefined ? {} : { choices: choicesOf(choices) }),
      translations: withTranslations(before.translations, translations ?? {}, bareName),
      version: before.version + 1
    }
    yield* wellMade(attribute)
    yield* expecting("version", before.version, expectedVersion)
    const changed = changeable.filter(
      (field) => JSON.stringify(attribute[field]) !== JSON.stringify(before[field])
    )
    if (changed.length === 0) return before
    const kept = new Set(attribute.choices.map(({ value }) => value))
    const gone = before.choices.flatMap(({ value }) => (kept.has(value) ? [] : [value]))
    yield* unused(draft, before, gone)
    draft.emit("attribute.updated", attributeId, attribute.version, { attribute, changed })
    return attribute
  })

/** Deletes an attribute that no product has a value of. */
export const deleteAttribute = (
  draft: Draft,
  { attributeId, expectedVersion }: CommandOf<"DeleteAttribute">
): Decided<AnswerOf<"DeleteAttribute">> =>
  Result.gen(function* () {
    const attribute = yield* findAttribute(draft, attributeId)
    const { code } = attribute
    yield* expecting("version", attribute.version, expectedVersion)
    const values = draft.valueCountOf(code, null)
    if (values > 0) {
      return yield* Result.fail({
        _tag: "AttributeInUse",
        attributeId,
        choices: [],
        values
      } as const)
    }
    const version = attribute.version + 1
    draft.emit("attribute.deleted", attributeId, version, { attributeId, code })
    return { attributeId, version }
  })

type Choices = NonNullable<CommandOf<"CreateAttribute">["choices"]>

const choicesOf = (choices: Choices): ReadonlyArray<AttributeChoice> =>
  choices.map(({ name, translations = {}, value }) => ({
    value,
    name: name ?? value,
    translations: withTranslations({}, translations, bareName)
  }))

/** Refuses what does not go with the kind, and more translations than there may be. */
const wellMade = ({ choices, kind, translations, unit }: Attribute): Decided<void> => {
  const isChoice = kind === "CHOICE"
  const found = [
    { path: "unit", message: unit !== null && kind !== "NUMBER" ? "is for a NUMBER" : undefined },
    { path: "choices", message: choices.length > 0 && !isChoice ? "is for a CHOICE" : undefined },
    {
      path: "choices",
      message: choices.length === 0 && isChoice ? "must have a choice at least" : undefined
    },
    { path: "translations", message: tooManyTranslations(translations) },
    { path: "choices", message: tooMuchText(choices.map((choice) => choice.translations)) },
    ...choices.map((choice, index) => ({
      path: `choices.${index}.translations`,
      message: tooManyTranslations(choice.translations)
    }))
  ]
  const issues = found.flatMap(({ message, path }) =>
    message === undefined ? [] : [{ path, message }]
  )
  return issues.length === 0
    ? Result.succeed(undefined)
    : Result.fail({ _tag: "InvalidInput", issues })
}

/** Refuses to take away choices that products have. */
const unused = (
  draft: Draft,
  { code, id: attributeId }: Attribute,
  gone: ReadonlyArray<string>
): Decided<void> => {
  const choices = gone.filter((value) => draft.valueCountOf(code, value) > 0)
  const values = choices.reduce((sum, value) => sum + draft.valueCountOf(code, value), 0)
  return choices.length === 0
    ? Result.succeed(undefined)
    : Result.fail({ _tag: "AttributeInUse", attributeId, choices, values })
}
