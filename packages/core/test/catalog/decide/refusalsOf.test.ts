import { describe, expect, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { foldBatch } from "../../../src/catalog/batch/foldBatch.ts"
import { type InventoryWord, noObjection } from "../../../src/catalog/decide/Draft.ts"
import { CatalogCommand, type CommandTag } from "../../../src/catalog/messages/CatalogCommand.ts"
import {
  CatalogRefusal,
  type RefusalTag,
  refusals
} from "../../../src/catalog/messages/CatalogError.ts"
import { commandOperations } from "../../../src/catalog/messages/commandOperations.ts"
import { everyRefusalOf, operations } from "../../../src/catalog/messages/operations.ts"
import { sentenceOf } from "../../../src/catalog/messages/refusalSentences.ts"
import { methodTags } from "../../../src/catalog/services/catalogMethods.ts"
import { readCommand } from "../../../src/catalog/services/readCommand.ts"
import { OptionId, SkuId } from "../../../src/kernel/Identifier.ts"
import { type GivenCatalog, givenCatalog } from "../../../src/testing/catalog/givenCatalog.ts"
import { mustBeInRow, refusalsOf } from "../../../src/testing/catalog/heldToTable.ts"
import {
  a,
  activate,
  addOption,
  attribute,
  c,
  category,
  change,
  changeAttribute,
  create,
  deactivate,
  discontinue,
  duplicate,
  follow,
  move,
  o,
  p,
  remove,
  removeAttribute,
  removeCategory,
  removeOption,
  setCategories,
  setImages,
  setMappings,
  sold,
  update,
  updateOption
} from "./words.ts"

/**
 * An active product (1) of one option (1) with names and a colour, a discontinued one (2), one that has
 * every mapping it may (3), a bundle (5), attributes that are in use (1), retired (2) and for products
 * of one type (3), and a chain of 20 categories, 10 to 29, beside 1, 2 and 30.
 */
const world = (): GivenCatalog =>
  givenCatalog().and(
    attribute(1, { code: "color", choices: [{ value: "red" }, { value: "blue" }] }),
    attribute(2, { code: "old", kind: "TEXT", isActive: false }),
    attribute(3, { code: "single", kind: "BOOLEAN", productType: "NORMAL" }),
    create(1, {
      attributes: { color: ["red"], single: true },
      status: "ACTIVE",
      externalId: "taken",
      slug: "taken",
      options: [sold(1, { externalId: "taken" })]
    }),
    create(2, { options: [sold(2), sold(20)] }),
    discontinue(2),
    create(3, { type: "BUNDLE", options: full }),
    create(5, { type: "BUNDLE", options: [{ optionId: o(5), name: "Bare" }] }),
    category(1, null, { externalId: "taken" }),
    category(2, 1),
    ...Array.from({ length: 20 }, (_, n) => category(10 + n, n === 0 ? null : 9 + n)),
    category(30),
    category(31, 30, { name: "Category 2" })
  )

const hundred = Array.from({ length: 100 }, (_, n) => ({ skuId: `sku-${n}`, quantity: 1 }))
const full = Array.from({ length: 50 }, (_, n) => sold(100 + n, { skuMappings: hundred }))

const stale = { expectedVersion: 99 }
const dollars = { price: { amount: "1.00", currency: "USD" } }
const two = [
  { skuId: "a", quantity: 1 },
  { skuId: "b", quantity: 1 }
]
const unknown: InventoryWord = { ...noObjection, unknownSkuIds: [SkuId.make("nobody")] }
const held: InventoryWord = { ...noObjection, heldOptionIds: [OptionId.make(o(1))] }

/** Every refusal of every row, and a command that gets it. */
const seen: {
  readonly [Tag in CommandTag]: Partial<
    Record<RefusalTag, CatalogCommand | readonly [CatalogCommand, InventoryWord]>
  >
} = {
  CreateProduct: {
    CategoryNotFound: create(9, { categoryIds: [c(1), c(99)] }),
    AttributeNotFound: create(9, { attributes: { color: ["red"], nothing: 1 } }),
    SkuNotFound: [create(9), unknown],
    IdTaken: create(1),
    ExternalIdTaken: create(9, { externalId: "taken" }),
    SlugTaken: create(9, { slug: "taken" }),
    ProductTooLarge: create(9, {
      type: "BUNDLE",
      options: [...full, sold(9, { skuMappings: two })].map((it) => ({
        ...it,
        optionId: undefined as never
      }))
    }),
    AttributeInactive: create(9, { attributes: { old: "x" } }),
    AttributeNotForType: create(9, { type: "BUNDLE", options: [], attributes: { single: true } }),
    AttributeMismatch: create(9, { attributes: { color: "red" } }),
    MappingsMismatch: create(9, { type: "BUNDLE" }),
    CurrencyMismatch: create(9, { options: [sold(8), sold(9, dollars)] }),
    NothingOnOffer: create(9, { status: "ACTIVE", options: [] })
  },
  UpdateProduct: {
    ProductNotFound: update(99),
    CategoryNotFound: update(1, { categoryIds: [c(99)] }),
    AttributeNotFound: update(1, { attributes: { nothing: null } }),
    SkuNotFound: [update(1, { options: [sold(1)] }), unknown],
    IdTaken: update(1, { options: [sold(2)] }),
    StaleExpectation: update(1, { name: "New", ...stale }),
    ExternalIdTaken: update(2, { externalId: "taken" }),
    SlugTaken: update(2, { slug: "taken" }),
    ProductTooLarge: update(3, { options: [...full, sold(9, { skuMappings: two })] }),
    AttributeInactive: update(1, { attributes: { old: "x" } }),
    AttributeNotForType: update(1, { type: "BUNDLE", options: [] }),
    AttributeMismatch: update(1, { attributes: { color: ["pink"] } }),
    MappingsMismatch: update(2, { type: "BUNDLE" }),
    CurrencyMismatch: update(2, { options: [sold(2), sold(20, dollars)] }),
    NothingOnOffer: update(1, { options: [sold(1, { status: "INACTIVE" })] })
  },
  DuplicateProduct: {
    ProductNotFound: duplicate(99, 9),
    IdTaken: duplicate(1, 2)
  },
  ActivateProduct: {
    ProductNotFound: activate(99),
    StaleExpectation: activate(2, stale),
    NothingOnOffer: activate(5)
  },
  DeactivateProduct: {
    ProductNotFound: deactivate(99),
    StaleExpectation: deactivate(1, stale),
    ProductConflict: deactivate(2)
  },
  DiscontinueProduct: {
    ProductNotFound: discontinue(99),
    StaleExpectation: discontinue(1, stale)
  },
  DeleteProduct: {
    ProductNotFound: remove(99),
    StaleExpectation: remove(1, stale),
    ProductReserved: [remove(1), held]
  },
  AddOption: {
    ProductNotFound: addOption(99, sold(9)),
    SkuNotFound: [addOption(1, sold(9)), unknown],
    IdTaken: addOption(1, sold(2)),
    StaleExpectation: addOption(1, sold(9), stale),
    ExternalIdTaken: addOption(2, sold(9, { externalId: "taken" })),
    ProductTooLarge: addOption(3, sold(9, { skuMappings: two })),
    MappingsMismatch: addOption(1, sold(9, { skuMappings: two })),
    CurrencyMismatch: addOption(1, sold(9, dollars))
  },
  UpdateOption: {
    ProductNotFound: updateOption(99, 1),
    OptionNotFound: updateOption(1, 99),
    SkuNotFound: [updateOption(1, 1, { skuMappings: two }), unknown],
    StaleExpectation: updateOption(1, 1, stale),
    ExternalIdTaken: updateOption(2, 2, { externalId: "taken" }),
    ProductTooLarge: updateOption(3, 200, { skuMappings: two }),
    MappingsMismatch: updateOption(1, 1, { skuMappings: two }),
    CurrencyMismatch: updateOption(2, 20, dollars),
    NothingOnOffer: updateOption(1, 1, { price: null })
  },
  RemoveOption: {
    ProductNotFound: removeOption(99, 1),
    OptionNotFound: removeOption(1, 99),
    StaleExpectation: removeOption(1, 1, stale),
    NothingOnOffer: removeOption(1, 1)
  },
  SetSkuMappings: {
    ProductNotFound: setMappings(99, 1, []),
    OptionNotFound: setMappings(1, 99, []),
    SkuNotFound: [setMappings(1, 1, two), unknown],
    StaleExpectation: setMappings(1, 1, [], stale),
    ProductTooLarge: setMappings(3, 200, two),
    MappingsMismatch: setMappings(1, 1, two),
    NothingOnOffer: setMappings(1, 1, [])
  },
  SetImages: {
    ProductNotFound: setImages(99),
    StaleExpectation: setImages(1, stale)
  },
  SetCategories: {
    ProductNotFound: setCategories(99, []),
    CategoryNotFound: setCategories(1, [c(99)]),
    StaleExpectation: setCategories(1, [c(1)], stale)
  },
  FollowStock: {
    ProductNotFound: follow(99, ["sku-1", 1, 1]),
    StaleStock: follow(1, ["sku-1", 1, 1])
  },
  CreateCategory: {
    CategoryNotFound: category(99, 98),
    IdTaken: category(1),
    ExternalIdTaken: category(99, 1, { externalId: "taken" }),
    CategoryNameTaken: category(99, 1, { name: "Category 2" }),
    CategoryTooDeep: category(99, 29)
  },
  UpdateCategory: {
    CategoryNotFound: change(99),
    StaleExpectation: change(1, stale),
    ExternalIdTaken: change(2, { externalId: "taken" }),
    CategoryNameTaken: change(1, { name: "Category 10" })
  },
  MoveCategory: {
    CategoryNotFound: move(1, 99),
    StaleExpectation: move(2, null, stale),
    CategoryNameTaken: move(31, 1),
    CategoryCycle: move(1, 2),
    CategoryTooDeep: move(1, 28)
  },
  DeleteCategory: {
    CategoryNotFound: removeCategory(99),
    StaleExpectation: removeCategory(2, stale),
    CategoryNotEmpty: removeCategory(1)
  },
  CreateAttribute: {
    IdTaken: attribute(1, { code: "another" }),
    AttributeCodeTaken: attribute(9, { code: "color" })
  },
  UpdateAttribute: {
    AttributeNotFound: changeAttribute(99),
    StaleExpectation: changeAttribute(1, stale),
    AttributeInUse: changeAttribute(1, { choices: [{ value: "blue" }] })
  },
  DeleteAttribute: {
    AttributeNotFound: removeAttribute(99),
    StaleExpectation: removeAttribute(2, stale),
    AttributeInUse: removeAttribute(1)
  }
}

/** The world in which a command is refused so. */
const worldFor = (refusal: string): GivenCatalog => {
  const catalog = world()
  if (refusal === "StaleStock") catalog.and(follow(1, ["sku-1", 1, 2]))
  return catalog.and(addOption(3, { optionId: o(200), name: "Empty" }))
}

const tags = CatalogCommand.members.map((schema) => schema.fields._tag.schema.literal)
const order = CatalogRefusal.members.map((schema) => schema.fields._tag.schema.literal)

describe("the table of operations of the catalog", () => {
  for (const tag of tags) {
    it(`has for ${tag} what is seen, in the order of precedence`, () => {
      const row = refusalsOf[tag]
      expect(Object.keys(seen[tag])).toEqual(row)
      for (const [refusal, asked] of Object.entries(seen[tag])) {
        const [command, word] = Array.isArray(asked) ? asked : [asked, noObjection]
        expect(command._tag).toBe(tag)
        const refused = worldFor(refusal).refuses(command, word)
        expect([refusal, refused._tag]).toEqual([refusal, refusal])
        expect(sentenceOf(refused)).not.toMatch(/undefined|\[object|NaN/)
      }
    })
  }

  it("has beside them the refusals of any command", () => {
    for (const tag of tags) {
      const read = readCommand({ _tag: tag, surprise: 1 })
      expect(Result.isFailure(read) && read.failure._tag).toBe("InvalidInput")
      const catalog = givenCatalog()
      const key = { caller: "", key: "k", fingerprint: "this" }
      const receipts = [{ ...key, fingerprint: "another", answer: "{}", answerVersion: 1 }]
      const command = { _tag: tag } as unknown as CatalogCommand
      const request = { command, key, origin: catalog.nextOrigin() }
      const { answer } = foldBatch({ ...catalog.rows.loaded(catalog.now), receipts }, [request])
      expect(answer).toMatchObject([{ refusal: { _tag: "IdempotencyMismatch" } }])
    }
  })

  it("names in each row a refusal once, in the order of precedence", () => {
    for (const [name, { refusals: row }] of Object.entries(operations)) {
      const tagsOfRow: ReadonlyArray<RefusalTag> = row
      const sorted = tagsOfRow.toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
      expect([name, tagsOfRow]).toEqual([name, [...new Set(sorted)]])
    }
    expect(everyRefusalOf("activateProduct").slice(0, 2)).toEqual(order.slice(0, 2))
    expect(everyRefusalOf("ping")).toEqual(["Unauthenticated", "Forbidden", "InvalidInput"])
  })

  it("reports every refusal by a slug of its own", () => {
    expect(Object.keys(refusals)).toEqual(order)
    const slugs = Object.values(refusals).map(({ slug }) => slug)
    expect(new Set(slugs).size).toBe(slugs.length)
  })

  it("has a row for each command, under the name of its method", () => {
    const rows = Object.entries(commandOperations).map(([name, { command }]) => [name, command])
    expect(Object.entries(methodTags)).toEqual(rows)
    expect(rows.map(([, command]) => command)).toEqual(tags)
  })

  it("is what tests compare refusals with", () => {
    expect(() => mustBeInRow("SetImages", { _tag: "SlugTaken", slug: "s" })).toThrow(
      "SetImages was refused with SlugTaken"
    )
    expect(p(1)).not.toBe(o(1))
    expect(a(1)).not.toBe(c(1))
  })
})
