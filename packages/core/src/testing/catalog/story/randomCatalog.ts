/**
 * Random stories of a small catalog: a few products, options, SKUs and categories, named by ids from
 * small pools, so that commands meet what is there, what is not, and what was deleted.
 */
import * as Arbitrary from "effect/Arbitrary"
import type { InventoryWord } from "../../../catalog/decide/Draft.ts"
import type { CatalogCommand } from "../../../catalog/messages/CatalogCommand.ts"
import { CategoryId, OptionId, ProductId, SkuId } from "../../../kernel/Identifier.ts"
import {
  below,
  boolean,
  constant,
  either,
  maybe,
  oneOf,
  type Random,
  record
} from "../../random.ts"
import { uuidOf } from "../CatalogStage.ts"
import { attributeCommands, attributesOpening, values } from "./randomAttributes.ts"

/** One step of a story: time passes, an earlier request is repeated, or a command is sent. */
export type CatalogStep =
  | { readonly _tag: "Wait"; readonly seconds: number }
  | { readonly _tag: "Repeat"; readonly n: number }
  | {
      readonly _tag: "Command"
      readonly command: CatalogCommand
      readonly key?: string
      readonly word?: InventoryWord
    }

/** Products that the opening makes, and two that it does not. */
const productNumber = oneOf([4, 0], [4, 1], [4, 2], [4, 3], [4, 4], [4, 5], [1, 6], [1, 7])
const productIdOf = (n: number): ProductId => ProductId.make(uuidOf(0xa000 + n))
/** The options of a product have ids of their own, so that commands find them. */
const optionIdOf = (n: number, option: number): OptionId =>
  OptionId.make(uuidOf(0xb000 + n * 16 + option))
/** Nothing fits under the lowest of the chain, while the chain is whole. */
const chainLength = 20
const categoryIdOf = (n: number): CategoryId => CategoryId.make(uuidOf(0xc000 + n))
const chainIdOf = (n: number): CategoryId => CategoryId.make(uuidOf(0xc100 + n))

const productId = Arbitrary.map(productNumber, productIdOf)
const optionId = Arbitrary.map(Arbitrary.all([productNumber, below(4)]), ([n, option]) =>
  optionIdOf(n, option)
)
const categoryId = either(
  [6, Arbitrary.map(below(6), categoryIdOf)],
  [2, Arbitrary.map(below(chainLength), chainIdOf)],
  [2, Arbitrary.map(below(3), (n) => chainIdOf(chainLength - 1 - n))]
)
/** A category that is changed: rarely one of the chain, so that it stays deep. */
const changedId = either(
  [9, Arbitrary.map(below(6), categoryIdOf)],
  [1, Arbitrary.map(below(chainLength), chainIdOf)]
)
const skuId = oneOf([1, SkuId.make("a")], [1, SkuId.make("b")], [1, SkuId.make("c")])

const name = oneOf([1, "One"], [1, "Two"], [1, "Three"])
const externalId = oneOf<string | null>([2, "x-1"], [1, "x-2"], [1, "x-3"], [2, null])
const slug = oneOf<string | null>([1, "red"], [1, "green"], [1, "blue"], [1, null])
const translatedName = oneOf<{ readonly [locale: string]: { readonly name: string } | null }>(
  [2, { ko: { name: "하나" } }],
  [1, { de: { name: "Eins" }, ko: { name: "둘" } }],
  [1, { ko: null }]
)
const translatedTexts = oneOf<{
  readonly [locale: string]: {
    readonly name?: string | null
    readonly description?: string | null
  } | null
}>(
  [2, { ko: { name: "차" } }],
  [1, { ko: { description: "녹차" }, de: { name: "Tee" } }],
  [1, { ko: { name: null } }],
  [1, { de: null }]
)
const price = oneOf(
  [12, { amount: "1.00", currency: "EUR" }],
  [6, { amount: "2.50", currency: "EUR" }],
  [3, { amount: "300", currency: "KRW" }],
  [2, null]
)
const optionStatus = oneOf(
  [4, "ACTIVE" as const],
  [1, "INACTIVE" as const],
  [2, "SOLD_OUT" as const]
)
const mapping = record({ skuId, quantity: oneOf([5, 1], [2, 2]) })

/** Up to three mappings, of each SKU one. */
const skuMappings = Arbitrary.map(
  Arbitrary.array(mapping, { minLength: 0, maxLength: 3 }),
  (mappings) => [...new Map(mappings.map((it) => [it.skuId, it])).values()]
)
const fewMappings = either([6, Arbitrary.map(mapping, (it) => [it])], [3, skuMappings])

const optionFields = {
  price: maybe(8, price),
  status: maybe(3, optionStatus),
  skuMappings: maybe(8, fewMappings),
  externalId: maybe(2, externalId),
  translations: maybe(1, translatedName)
}

/** The id of an option of a product, mostly of this one. */
const optionIdFor = (n: number): Random<OptionId> =>
  either([9, Arbitrary.map(below(4), (option) => optionIdOf(n, option))], [1, optionId])

const newOptionFor = (n: number) =>
  record({ optionId: maybe(8, optionIdFor(n)), name, ...optionFields })
/** Options of one product often want the external id that the first of them has. */
const entryFor = (n: number) =>
  record({
    optionId: maybe(9, optionIdFor(n)),
    name: maybe(8, name),
    ...optionFields,
    externalId: maybe(4, oneOf<string | null>([4, `x-${(n % 2) + 1}`], [1, "x-3"], [2, null]))
  })

const distinct = <A extends { readonly optionId?: OptionId }>(item: Random<A>, maxLength: number) =>
  Arbitrary.map(Arbitrary.array(item, { minLength: 0, maxLength }), (items) => {
    const known = new Set<string>()
    return items.filter(({ optionId: id }) => {
      const isNew = id === undefined || !known.has(id)
      if (id !== undefined) known.add(id)
      return isNew
    })
  })

const categoryIds = Arbitrary.map(
  Arbitrary.array(categoryId, { minLength: 0, maxLength: 3 }),
  (ids) => [...new Set(ids)]
)
const images = Arbitrary.map(
  Arbitrary.array(oneOf([1, "/a.png"], [1, "/b.png"]), { minLength: 0, maxLength: 2 }),
  (urls) => [...new Set(urls)].map((url) => ({ url }))
)

const expectedVersion = maybe(
  2,
  Arbitrary.map(below(4), (n) => n + 1)
)
const allowUnknownSkus = maybe(2, boolean(8))
const productFields = {
  description: maybe(1, oneOf<string | null>([1, "Text"], [1, null])),
  translations: maybe(2, translatedTexts),
  images: maybe(1, images),
  categoryIds: maybe(4, categoryIds),
  externalId: maybe(2, externalId),
  slug: maybe(2, slug),
  attributes: maybe(5, values),
  allowUnknownSkus
}
const ofProduct = { productId, expectedVersion }

/** A command about a product, with fields that go with the product. */
const about = <A>(
  fields: (n: number) => Random<A>
): Random<A & { readonly productId: ProductId }> =>
  Arbitrary.flatMap(productNumber, (n) =>
    Arbitrary.map(fields(n), (it) => ({ ...it, productId: productIdOf(n) }))
  )
const ofOption = (n: number) => ({ optionId: optionIdFor(n), expectedVersion })
const type = oneOf([4, "NORMAL" as const], [2, "BUNDLE" as const])
const fact = record({
  skuId,
  availableQuantity: oneOf([2, 0], [1, 1], [4, 7]),
  version: Arbitrary.map(below(6), (n) => n + 1)
})

const commands: ReadonlyArray<readonly [number, Random<CatalogCommand>]> = [
  [
    6,
    about((n) =>
      record({
        _tag: constant("CreateProduct"),
        name,
        type,
        status: maybe(3, oneOf([1, "DRAFT" as const], [3, "ACTIVE" as const])),
        options: maybe(9, distinct(newOptionFor(n), 3)),
        ...productFields
      })
    )
  ],
  [
    9,
    about((n) =>
      record({
        _tag: constant("UpdateProduct"),
        expectedVersion,
        name: maybe(3, name),
        type: maybe(1, type),
        options: maybe(4, distinct(entryFor(n), 3)),
        ...productFields
      })
    )
  ],
  [
    2,
    record({
      _tag: constant("DuplicateProduct"),
      productId,
      copyId: maybe(9, productId),
      name: maybe(3, name)
    })
  ],
  [8, record({ _tag: constant("ActivateProduct"), ...ofProduct })],
  [6, record({ _tag: constant("DeactivateProduct"), ...ofProduct })],
  [4, record({ _tag: constant("DiscontinueProduct"), ...ofProduct })],
  [3, record({ _tag: constant("DeleteProduct"), ...ofProduct })],
  [
    6,
    about((n) =>
      record({
        _tag: constant("AddOption"),
        expectedVersion,
        optionId: maybe(8, optionIdFor(n)),
        name,
        ...optionFields,
        position: maybe(3, below(3)),
        allowUnknownSkus
      })
    )
  ],
  [
    8,
    about((n) =>
      record({
        _tag: constant("UpdateOption"),
        ...ofOption(n),
        name: maybe(2, name),
        ...optionFields,
        position: maybe(2, below(3)),
        allowUnknownSkus
      })
    )
  ],
  [3, about((n) => record({ _tag: constant("RemoveOption"), ...ofOption(n) }))],
  [
    4,
    about((n) =>
      record({
        _tag: constant("SetSkuMappings"),
        ...ofOption(n),
        skuMappings: fewMappings,
        allowUnknownSkus
      })
    )
  ],
  [3, record({ _tag: constant("SetImages"), ...ofProduct, images })],
  [4, record({ _tag: constant("SetCategories"), ...ofProduct, categoryIds })],
  [
    14,
    record({
      _tag: constant("FollowStock"),
      productId,
      stock: Arbitrary.map(Arbitrary.array(fact, { minLength: 1, maxLength: 3 }), (facts) => [
        ...new Map(facts.map((it) => [it.skuId, it])).values()
      ])
    })
  ],
  [
    8,
    record({
      _tag: constant("CreateCategory"),
      categoryId: maybe(9, categoryId),
      name,
      parentId: maybe(7, either([8, categoryId], [2, constant(null)])),
      externalId: maybe(1, externalId)
    })
  ],
  [
    4,
    record({
      _tag: constant("UpdateCategory"),
      categoryId: changedId,
      expectedVersion,
      name: maybe(5, name),
      sortOrder: maybe(2, below(3)),
      isActive: maybe(2, boolean(5)),
      translations: maybe(3, translatedName),
      externalId: maybe(2, externalId)
    })
  ],
  [
    9,
    record({
      _tag: constant("MoveCategory"),
      categoryId: changedId,
      expectedVersion,
      parentId: either([8, categoryId], [2, constant(null)]),
      sortOrder: maybe(1, below(3))
    })
  ],
  [6, record({ _tag: constant("DeleteCategory"), categoryId: changedId, expectedVersion })],
  ...attributeCommands({ expectedVersion, name, translatedName })
]

const word = either<InventoryWord>(
  [1, Arbitrary.map(skuId, (id) => ({ unknownSkuIds: [id], heldOptionIds: [] }))],
  [2, Arbitrary.map(optionId, (id) => ({ unknownSkuIds: [], heldOptionIds: [id] }))]
)

const step: Random<CatalogStep> = either<CatalogStep>(
  [3, record({ _tag: constant("Wait"), seconds: below(100) })],
  [5, record({ _tag: constant("Repeat"), n: below(50) })],
  [
    92,
    record({
      _tag: constant("Command"),
      command: either(...commands),
      key: maybe(1, oneOf([1, "k-1"], [1, "k-2"], [1, "k-3"])),
      word: maybe(1, word)
    })
  ]
)

/** A random story of exactly `length` steps. While a failure shrinks, steps become empty waits. */
export const arbitraryCatalogStory = (length: number): Random<Array<CatalogStep>> =>
  Arbitrary.array(step, { minLength: length, maxLength: length })

/**
 * The first commands of every story: four attributes, one of them for products of one type; three
 * categories, and a chain of 20 more, so that trees can be too deep; and six products, one of them a
 * bundle, that are active or a draft.
 */
export const catalogOpening: ReadonlyArray<CatalogCommand> = [
  ...attributesOpening,
  ...Array.from({ length: 3 }, (_, n) => ({
    _tag: "CreateCategory" as const,
    categoryId: categoryIdOf(n),
    name: `Top ${n}`,
    externalId: n === 0 ? "x-1" : null
  })),
  ...Array.from({ length: chainLength }, (_, n) => ({
    _tag: "CreateCategory" as const,
    categoryId: chainIdOf(n),
    name: `Chain ${n}`,
    parentId: n === 0 ? null : chainIdOf(n - 1)
  })),
  ...Array.from({ length: 6 }, (_, n) => ({
    _tag: "CreateProduct" as const,
    productId: productIdOf(n),
    name: `Product ${n}`,
    type: n === 0 ? ("BUNDLE" as const) : ("NORMAL" as const),
    status: n < 3 ? ("ACTIVE" as const) : ("DRAFT" as const),
    options: ["a", "b"].map((sku, option) => ({
      optionId: optionIdOf(n, option),
      name: `Option ${option}`,
      price: { amount: "5.00", currency: "EUR" },
      externalId: n < 2 && option === 0 ? `x-${n + 1}` : null,
      skuMappings: [{ skuId: SkuId.make(sku), quantity: n === 0 ? 2 : 1 }]
    })),
    categoryIds: [categoryIdOf(n % 3)],
    ...(n < 4 ? { attributes: { color: ["red"], weight: n } } : {}),
    externalId: n === 0 ? "x-1" : null,
    slug: n === 1 ? "red" : null
  }))
]
