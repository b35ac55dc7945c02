// The words in which the unit tests of the catalog tell their stories.
import type { CatalogCommand, CommandOf } from "../../../src/catalog/messages/CatalogCommand.ts"
import type { PlainIds } from "../../../src/kernel/Identifier.ts"
import { uuidOf } from "../../../src/testing/catalog/CatalogStage.ts"

/** Takes ids as plain texts, as a test writes them. Nothing is checked, so they may be wrong. */
const written = <A>(value: PlainIds<NoInfer<A>>): A => value as A

type Rest<Tag extends CatalogCommand["_tag"]> = Partial<PlainIds<CommandOf<Tag>>>

/** Ids by the first letter of their kind, so that a failure shows which is which. */
export const p = (n: number): string => uuidOf(0xa000 + n)
export const o = (n: number): string => uuidOf(0xb000 + n)
export const c = (n: number): string => uuidOf(0xc000 + n)

/** An option with a price and one unit of a SKU. */
export const sold = (n: number, rest: object = {}) => ({
  optionId: o(n),
  name: `Option ${n}`,
  price: { amount: "10.00", currency: "EUR" },
  skuMappings: [{ skuId: `sku-${n}`, quantity: 1 }],
  ...rest
})

export const create = (n: number, rest: Rest<"CreateProduct"> = {}): CommandOf<"CreateProduct"> =>
  written({
    _tag: "CreateProduct",
    productId: p(n),
    name: `Product ${n}`,
    type: "NORMAL",
    options: [sold(n)],
    ...rest
  })

export const update = (n: number, rest: Rest<"UpdateProduct"> = {}): CommandOf<"UpdateProduct"> =>
  written({ _tag: "UpdateProduct", productId: p(n), ...rest })

export const activate = (
  n: number,
  rest: Rest<"ActivateProduct"> = {}
): CommandOf<"ActivateProduct"> => written({ _tag: "ActivateProduct", productId: p(n), ...rest })

export const deactivate = (
  n: number,
  rest: Rest<"DeactivateProduct"> = {}
): CommandOf<"DeactivateProduct"> =>
  written({ _tag: "DeactivateProduct", productId: p(n), ...rest })

export const discontinue = (
  n: number,
  rest: Rest<"DiscontinueProduct"> = {}
): CommandOf<"DiscontinueProduct"> =>
  written({ _tag: "DiscontinueProduct", productId: p(n), ...rest })

export const duplicate = (n: number, copy: number): CommandOf<"DuplicateProduct"> =>
  written({ _tag: "DuplicateProduct", productId: p(n), copyId: p(copy) })

export const remove = (n: number, rest: Rest<"DeleteProduct"> = {}): CommandOf<"DeleteProduct"> =>
  written({ _tag: "DeleteProduct", productId: p(n), ...rest })

export const addOption = (
  n: number,
  option: object,
  rest: Rest<"AddOption"> = {}
): CommandOf<"AddOption"> =>
  written({ _tag: "AddOption", productId: p(n), name: "Another", ...option, ...rest })

export const updateOption = (
  n: number,
  option: number,
  rest: Rest<"UpdateOption"> = {}
): CommandOf<"UpdateOption"> =>
  written({ _tag: "UpdateOption", productId: p(n), optionId: o(option), ...rest })

export const removeOption = (
  n: number,
  option: number,
  rest: Rest<"RemoveOption"> = {}
): CommandOf<"RemoveOption"> =>
  written({ _tag: "RemoveOption", productId: p(n), optionId: o(option), ...rest })

export const setMappings = (
  n: number,
  option: number,
  skuMappings: ReadonlyArray<{ readonly skuId: string; readonly quantity: number }>,
  rest: Rest<"SetSkuMappings"> = {}
): CommandOf<"SetSkuMappings"> =>
  written({ _tag: "SetSkuMappings", productId: p(n), optionId: o(option), skuMappings, ...rest })

export const setImages = (n: number, rest: Rest<"SetImages"> = {}): CommandOf<"SetImages"> =>
  written({ _tag: "SetImages", productId: p(n), images: [{ url: "/a.png" }], ...rest })

export const setCategories = (
  n: number,
  categoryIds: ReadonlyArray<string>,
  rest: Rest<"SetCategories"> = {}
): CommandOf<"SetCategories"> =>
  written({ _tag: "SetCategories", productId: p(n), categoryIds, ...rest })

export const follow = (
  n: number,
  ...stock: ReadonlyArray<readonly [skuId: string, availableQuantity: number, version: number]>
): CommandOf<"FollowStock"> =>
  written({
    _tag: "FollowStock",
    productId: p(n),
    stock: stock.map(([skuId, availableQuantity, version]) => ({
      skuId,
      availableQuantity,
      version
    }))
  })

export const category = (
  n: number,
  parent: number | null = null,
  rest: Rest<"CreateCategory"> = {}
): CommandOf<"CreateCategory"> =>
  written({
    _tag: "CreateCategory",
    categoryId: c(n),
    name: `Category ${n}`,
    parentId: parent === null ? null : c(parent),
    ...rest
  })

export const change = (n: number, rest: Rest<"UpdateCategory"> = {}): CommandOf<"UpdateCategory"> =>
  written({ _tag: "UpdateCategory", categoryId: c(n), ...rest })

export const move = (
  n: number,
  parent: number | null,
  rest: Rest<"MoveCategory"> = {}
): CommandOf<"MoveCategory"> =>
  written({
    _tag: "MoveCategory",
    categoryId: c(n),
    parentId: parent === null ? null : c(parent),
    ...rest
  })

export const removeCategory = (
  n: number,
  rest: Rest<"DeleteCategory"> = {}
): CommandOf<"DeleteCategory"> => written({ _tag: "DeleteCategory", categoryId: c(n), ...rest })

export const a = (n: number): string => uuidOf(0xd000 + n)

/** An attribute, a CHOICE of red and blue unless its kind says otherwise. */
export const attribute = (
  n: number,
  rest: Rest<"CreateAttribute"> = {}
): CommandOf<"CreateAttribute"> => {
  const kind = rest.kind ?? "CHOICE"
  return written({
    _tag: "CreateAttribute",
    attributeId: a(n),
    code: `code-${n}`,
    name: `Attribute ${n}`,
    kind,
    ...(kind === "CHOICE" ? { choices: [{ value: "red" }, { value: "blue" }] } : {}),
    ...rest
  })
}

export const changeAttribute = (
  n: number,
  rest: Rest<"UpdateAttribute"> = {}
): CommandOf<"UpdateAttribute"> => written({ _tag: "UpdateAttribute", attributeId: a(n), ...rest })

export const removeAttribute = (
  n: number,
  rest: Rest<"DeleteAttribute"> = {}
): CommandOf<"DeleteAttribute"> => written({ _tag: "DeleteAttribute", attributeId: a(n), ...rest })
