/**
 * The two real catalogs as they were published: categories of Best Buy, products of Olist. They are
 * read here with other means than those of Holdfast, so that the check at the end is independent.
 */
import { createReadStream } from "node:fs"
import { readFile } from "node:fs/promises"
import { createGunzip, gunzipSync } from "node:zlib"
import { parse } from "csv-parse"

/** A category of Best Buy: the way to it, itself last. */
export interface SourceCategory {
  readonly id: string
  readonly name: string | null
  readonly path: ReadonlyArray<{ readonly id: string; readonly name: string | null }>
}

/** A product of Olist; it has a category and sizes, but no name and no price. */
export interface SourceProduct {
  readonly id: string
  readonly category: string
  readonly weightGrams: number | null
  readonly centimetres: readonly [number, number, number] | null
}

const isZipped = (path: string) => path.endsWith(".gz")

/** Reads the categories of Best Buy. */
export const readCategories = async (path: string): Promise<ReadonlyArray<SourceCategory>> => {
  const bytes = await readFile(path)
  const text = (isZipped(path) ? gunzipSync(bytes) : bytes).toString("utf8")
  return JSON.parse(text) as ReadonlyArray<SourceCategory>
}

const rowsOf = (path: string): AsyncIterable<Record<string, string>> => {
  const bytes = createReadStream(path)
  const text = isZipped(path) ? bytes.pipe(createGunzip()) : bytes
  return text.pipe(parse({ columns: true, bom: true }))
}

const numberOf = (text: string | undefined): number | null =>
  text === undefined || text === "" ? null : Number(text)

/** Reads the products of Olist, one after another. */
export async function* readProducts(path: string): AsyncGenerator<SourceProduct> {
  for await (const row of rowsOf(path)) {
    const sides = [
      numberOf(row["product_length_cm"]),
      numberOf(row["product_height_cm"]),
      numberOf(row["product_width_cm"])
    ]
    const [length, height, width] = sides
    yield {
      id: row["product_id"] ?? "",
      category: row["product_category_name"] ?? "",
      weightGrams: numberOf(row["product_weight_g"]),
      centimetres:
        length == null || height == null || width == null ? null : [length, height, width]
    }
  }
}

/** Reads what the categories of Olist are called in English. */
export const readNames = async (path: string): Promise<ReadonlyMap<string, string>> => {
  const names = new Map<string, string>()
  for await (const row of rowsOf(path)) {
    names.set(row["product_category_name"] ?? "", row["product_category_name_english"] ?? "")
  }
  return names
}
