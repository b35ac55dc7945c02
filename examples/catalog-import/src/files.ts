/** Writes what is imported: the tree as lines of JSON, SKUs and products as CSV. */

import { once } from "node:events"
import { createWriteStream } from "node:fs"
import { join } from "node:path"
import {
  bundlesOf,
  categoryOf,
  type MadeCategory,
  nameOfOlist,
  optionsOf,
  productName,
  skuCode,
  stockOf,
  treeOf,
  volumeOf,
  weightOf
} from "./madeUp.ts"
import { readCategories, readNames, readProducts } from "./sources.ts"

/** Where the sources are. */
export interface Sources {
  readonly categories: string
  readonly products: string
  readonly names: string
  readonly bundles: number
}

/** The external id of the category that holds those of Olist. */
export const olistRoot = "olist"

/** The external id of a category of Olist. */
export const olistId = (category: string): string => `${olistRoot}/${category}`

const writing = (path: string) => {
  const file = createWriteStream(path)
  return {
    write: async (text: string) => {
      if (!file.write(text)) await once(file, "drain")
    },
    end: async () => {
      file.end()
      await once(file, "close")
    }
  }
}

const cell = (value: string | number | null): string => {
  const text = value === null ? "" : String(value)
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const row = (...values: ReadonlyArray<string | number | null>): string =>
  `${values.map(cell).join(",")}\n`

/** The whole tree: that of Best Buy, and a root with the categories of Olist. */
export const wholeTree = async (
  sources: Sources,
  olist: Iterable<string>
): Promise<ReadonlyArray<MadeCategory>> => {
  const names = await readNames(sources.names)
  const sorted = [...new Set(olist)].sort()
  return [
    ...treeOf(await readCategories(sources.categories)),
    { externalId: olistRoot, name: "Olist", parent: null },
    ...sorted.map((category) => ({
      externalId: olistId(category),
      name: nameOfOlist(category, names),
      parent: olistRoot
    }))
  ]
}

/** Writes the files into a folder, product by product. */
export const writeFiles = async (sources: Sources, folder: string) => {
  const names = await readNames(sources.names)
  const skus = writing(join(folder, "skus.csv"))
  const products = writing(join(folder, "products.csv"))
  await skus.write(row("code", "name", "weight", "volume", "initialStock"))
  await products.write(
    row(
      ...["externalId", "name", "type", "status", "categories", "option.externalId"],
      ...["option.name", "option.price", "option.currency", "option.skus"]
    )
  )
  const ids: Array<string> = []
  const used = new Set<string>()
  for await (const product of readProducts(sources.products)) {
    const code = skuCode(product)
    const name = productName(product, names)
    ids.push(product.id)
    used.add(categoryOf(product))
    await skus.write(row(code, name, weightOf(product), volumeOf(product), stockOf(product)))
    for (const [index, option] of optionsOf(product).entries()) {
      const own =
        index === 0 ? [name, "NORMAL", "ACTIVE", olistId(categoryOf(product))] : ["", "", "", ""]
      const { externalId, price, quantity } = option
      await products.write(
        row(product.id, ...own, externalId, option.name, price, "BRL", `${code}*${quantity}`)
      )
    }
  }
  const bundles = bundlesOf(ids, sources.bundles)
  for (const { externalId, name, of, price } of bundles) {
    const codes = of.map((id) => skuCode({ id })).join("|")
    const own = [externalId, name, "BUNDLE", "ACTIVE", olistRoot]
    await products.write(row(...own, `${externalId}/1`, "Bundle", price, "BRL", codes))
  }
  await Promise.all([skus.end(), products.end()])
  const tree = await wholeTree(sources, used)
  const categories = writing(join(folder, "categories.jsonl"))
  for (const category of tree) await categories.write(`${JSON.stringify(category)}\n`)
  await categories.end()
  return { categories: tree.length, products: ids.length, bundles: bundles.length }
}
