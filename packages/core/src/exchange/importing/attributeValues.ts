/** The values that a record has of attributes, read as its attributes have them. */
import type { CatalogCommand } from "../../catalog/messages/CatalogCommand.ts"
import type { Attribute } from "../../catalog/state/Attribute.ts"
import type { Product } from "../../catalog/state/Product.ts"
import { readValue } from "../records/Column.ts"
import { type Problem, problemAt, type ReadRecord } from "../records/FileRecord.ts"

type Values = Extract<CatalogCommand, { readonly _tag: "UpdateProduct" }>["attributes"]

/**
 * The values for a command, and what is wrong with those of the file. Its command checks them, too. A
 * value that is to be cleared and that the product does not have is left out: a table has a cell for
 * every attribute, and a product has a few of them.
 */
export const attributeValues = (
  { placeOf, value: { attributes } }: ReadRecord<"products">,
  known: ReadonlyMap<string, Attribute>,
  before: Product | undefined
): { readonly values: Values; readonly problems: ReadonlyArray<Problem> } => {
  if (attributes === undefined) return { values: undefined, problems: [] }
  const had = new Set(Object.keys(before?.attributes ?? {}))
  const values: { [code: string]: unknown } = {}
  const problems: Array<Problem> = []
  for (const [code, given] of Object.entries(attributes)) {
    const wrong = (problem: string, message: string) =>
      problems.push(problemAt(placeOf(`attributes.${code}`), problem, message))
    const attribute = known.get(code)
    if (attribute === undefined) {
      wrong("AttributeNotFound", `no attribute has the code "${code}"; create it first`)
      continue
    }
    if (given === null && !had.has(code)) continue
    const read = typeof given === "string" ? readValue[attribute.kind](given) : { value: given }
    if ("mustBe" in read) wrong("InvalidInput", `must be ${read.mustBe}`)
    else values[code] = read.value
  }
  return { values: values as Values, problems }
}
