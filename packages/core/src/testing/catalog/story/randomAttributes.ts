/** Random commands about a few attributes, and random values of them, for stories. */
import * as Arbitrary from "effect/Arbitrary"
import type { CatalogCommand } from "../../../catalog/messages/CatalogCommand.ts"
import { AttributeId } from "../../../kernel/Identifier.ts"
import { boolean, constant, either, maybe, oneOf, type Random, record } from "../../random.ts"
import { uuidOf } from "../CatalogStage.ts"

/** Attributes that the opening makes, and one that it does not. */
const attributeIdOf = (n: number): AttributeId => AttributeId.make(uuidOf(0xd000 + n))
const attributeId = Arbitrary.map(oneOf([4, 0], [3, 1], [4, 2], [3, 3], [1, 4]), attributeIdOf)
const kind = oneOf(
  [2, "CHOICE" as const],
  [1, "NUMBER" as const],
  [1, "BOOLEAN" as const],
  [1, "TEXT" as const]
)
const choices = oneOf(
  [4, [{ value: "red" }, { value: "blue" }, { value: "green" }]],
  [5, [{ value: "red", name: "Rot" }, { value: "blue" }]],
  [1, [{ value: "green" }]],
  [1, []]
)
type Value = string | number | boolean | ReadonlyArray<string> | null
const valueOf = {
  color: oneOf<Value>([5, ["red"]], [1, ["green", "blue"]], [3, ["pink"]], [1, "red"], [3, null]),
  weight: oneOf<Value>([4, 1], [2, 2.5], [1, "1"], [3, null]),
  gift: oneOf<Value>([3, true], [1, false], [1, "true"], [2, null]),
  extra: oneOf<Value>([3, "text"], [2, ["red"]], [1, 7], [1, null])
}
/** Values of some attributes; what a code means, stories change. */
export const values = either<{ readonly [code: string]: Value }>(
  [5, record({ color: valueOf.color })],
  [2, record({ weight: valueOf.weight })],
  [5, record({ gift: valueOf.gift })],
  [3, record({ extra: valueOf.extra })],
  [2, record({ color: valueOf.color, weight: valueOf.weight })]
)

/** The commands, as often as their weights, made of what stories use for other things too. */
export const attributeCommands = ({
  expectedVersion,
  name,
  translatedName
}: {
  readonly expectedVersion: Random<number | undefined>
  readonly name: Random<string>
  readonly translatedName: Random<{ readonly [locale: string]: { readonly name: string } | null }>
}): ReadonlyArray<readonly [number, Random<CatalogCommand>]> => [
  [
    5,
    record({
      _tag: constant("CreateAttribute"),
      attributeId: maybe(9, attributeId),
      code: oneOf([2, "color"], [1, "weight"], [2, "gift"], [4, "extra"]),
      name,
      kind,
      unit: maybe(1, oneOf<string | null>([1, "kg"], [1, null])),
      choices: maybe(5, choices),
      productType: maybe(3, oneOf([1, "NORMAL" as const], [2, "BUNDLE" as const], [2, null])),
      isActive: maybe(1, boolean(5))
    })
  ],
  [
    5,
    record({
      _tag: constant("UpdateAttribute"),
      attributeId,
      expectedVersion,
      name: maybe(2, name),
      translations: maybe(1, translatedName),
      unit: maybe(1, oneOf<string | null>([1, "kg"], [1, null])),
      isFilterable: maybe(1, boolean(5)),
      isActive: maybe(7, boolean(6))
    })
  ],
  [
    3,
    record({
      _tag: constant("UpdateAttribute"),
      attributeId: constant(attributeIdOf(0)),
      expectedVersion,
      choices
    })
  ],
  [2, record({ _tag: constant("DeleteAttribute"), attributeId, expectedVersion })]
]

/** The attributes of every story: one for products of one type, and one that is retired. */
export const attributesOpening: ReadonlyArray<CatalogCommand> = [
  {
    _tag: "CreateAttribute",
    attributeId: attributeIdOf(0),
    code: "color",
    name: "Colour",
    kind: "CHOICE",
    choices: [{ value: "red" }, { value: "blue" }, { value: "green" }]
  },
  {
    _tag: "CreateAttribute",
    attributeId: attributeIdOf(1),
    code: "weight",
    name: "Weight",
    kind: "NUMBER",
    unit: "kg"
  },
  {
    _tag: "CreateAttribute",
    attributeId: attributeIdOf(2),
    code: "gift",
    name: "Gift",
    kind: "BOOLEAN",
    productType: "BUNDLE"
  },
  {
    _tag: "CreateAttribute",
    attributeId: attributeIdOf(3),
    code: "extra",
    name: "Extra",
    kind: "TEXT",
    isActive: false
  }
]
