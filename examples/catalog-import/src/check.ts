/**
 * Compares what Holdfast has with the published files, which are read again for it, record by
 * record: the tree, every product with its options and prices, every SKU with its stock.
 */
import { olistId, olistRoot, type Sources, wholeTree } from "./files.ts"
import {
  bundlesOf,
  categoryOf,
  optionsOf,
  productName,
  skuCode,
  stockOf,
  volumeOf,
  weightOf
} from "./madeUp.ts"
import { readNames, readProducts } from "./sources.ts"

type Exported = Record<string, unknown>

/** What Holdfast has, as lines of JSON. */
export interface Exports {
  readonly categories: string
  readonly products: string
  readonly skus: string
  readonly stock: string
}

/** How many records were compared, and where they differ. */
export interface Check {
  readonly categories: number
  readonly products: number
  readonly options: number
  readonly skus: number
  readonly units: number
  readonly differences: ReadonlyArray<string>
}

const linesOf = (text: string): ReadonlyArray<Exported> =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Exported)

const byKey = (records: ReadonlyArray<Exported>, key: string): Map<string, Exported> =>
  new Map(records.map((record) => [String(record[key]), record]))

/** What a product should be, in the words of an export, its SKUs by their codes. */
const expectedProduct = (
  name: string,
  type: string,
  category: string,
  options: ReadonlyArray<readonly [string, string, string, ReadonlyArray<string>]>
) => JSON.stringify({ name, type, status: "ACTIVE", categories: [category], options })

const seenProduct = (product: Exported, codes: ReadonlyMap<string, string>) => {
  const { categories, name, options, status, type } = product
  return JSON.stringify({
    name,
    type,
    status,
    categories,
    options: (options as ReadonlyArray<Exported>).map(({ externalId, name: of, price, skuIds }) => [
      externalId,
      of,
      Object.values(price as object).join(" "),
      (skuIds as ReadonlyArray<{ skuId: string; quantity: number }>)
        .map(({ quantity, skuId }) => `${codes.get(skuId)}*${quantity}`)
        .sort()
    ])
  })
}

/** Compares everything. */
export const check = async (sources: Sources, exported: Exports): Promise<Check> => {
  const differences: Array<string> = []
  const compare = (what: string, seen: unknown, expected: unknown) => {
    if (seen !== expected) differences.push(`${what}: ${String(seen)}, not ${String(expected)}`)
  }
  const names = await readNames(sources.names)
  const categories = byKey(linesOf(exported.categories), "externalId")
  const products = byKey(linesOf(exported.products), "externalId")
  const skus = byKey(linesOf(exported.skus), "code")
  const stock = byKey(linesOf(exported.stock), "code")
  const codes = new Map([...skus].map(([code, { skuId }]) => [String(skuId), code]))
  const used = new Set<string>()
  const ids: Array<string> = []
  let options = 0
  let units = 0
  for await (const product of readProducts(sources.products)) {
    ids.push(product.id)
    used.add(categoryOf(product))
    const code = skuCode(product)
    const made = optionsOf(product)
    options += made.length
    const expected = expectedProduct(
      productName(product, names),
      "NORMAL",
      olistId(categoryOf(product)),
      made.map(({ externalId, name, price, quantity }) => [
        externalId,
        name,
        `${price} BRL`,
        [`${code}*${quantity}`]
      ])
    )
    const seen = products.get(product.id)
    compare(`product ${product.id}`, seen && seenProduct(seen, codes), expected)
    const sku = skus.get(code)
    compare(`weight of ${code}`, sku?.["weight"], weightOf(product))
    compare(`volume of ${code}`, sku?.["volume"], volumeOf(product))
    const quantity = stock.get(code)?.["quantity"]
    compare(`stock of ${code}`, quantity, stockOf(product))
    units += Number(quantity)
  }
  const bundles = bundlesOf(ids, sources.bundles)
  for (const { externalId, name, of, price } of bundles) {
    options += 1
    const parts = of.map((id) => `${skuCode({ id })}*1`).sort()
    const expected = expectedProduct(name, "BUNDLE", olistRoot, [
      [`${externalId}/1`, "Bundle", `${price} BRL`, parts]
    ])
    const seen = products.get(externalId)
    compare(`bundle ${externalId}`, seen && seenProduct(seen, codes), expected)
  }
  const tree = await wholeTree(sources, used)
  for (const { externalId, name, parent } of tree) {
    const seen = categories.get(externalId)
    compare(`name of category ${externalId}`, seen?.["name"], name)
    compare(`parent of category ${externalId}`, seen?.["parent"], parent)
  }
  compare("categories", categories.size, tree.length)
  compare("products", products.size, ids.length + bundles.length)
  compare("SKUs", skus.size, ids.length)
  return {
    categories: categories.size,
    products: products.size,
    options,
    skus: skus.size,
    units,
    differences
  }
}
