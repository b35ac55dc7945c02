/**
 * The product export of Shopify as a shape of tables: one row a variant, the rows of one product
 * together, and rows that hold nothing but one more picture. It has no currency, so the caller says
 * it. The names of its columns changed once; both are read.
 */
import { type Place, type Problem, problemAt } from "./FileRecord.ts"
import type { RecordKind } from "./kinds.ts"
import type { Assembled, Shape, TableRow } from "./Shape.ts"

const columns = [
  "Handle",
  "Title",
  "Body (HTML)",
  "Vendor",
  "Type",
  "Tags",
  "Published",
  "Status",
  "Option1 Name",
  "Option1 Value",
  "Option2 Value",
  "Option3 Value",
  "Variant SKU",
  "Variant Grams",
  "Variant Inventory Qty",
  "Variant Price",
  "Image Src",
  "Image Position",
  "Image Alt Text"
]

/** What the columns are called since the names were changed. */
const aliases: { readonly [name: string]: string } = {
  "url handle": "Handle",
  description: "Body (HTML)",
  "published on online store": "Published",
  "option1 name": "Option1 Name",
  "option1 value": "Option1 Value",
  "option2 value": "Option2 Value",
  "option3 value": "Option3 Value",
  sku: "Variant SKU",
  "weight value (grams)": "Variant Grams",
  "inventory quantity": "Variant Inventory Qty",
  price: "Variant Price",
  "product image url": "Image Src",
  "image position": "Image Position",
  "image alt text": "Image Alt Text"
}

/** What Shopify calls the one variant of a product without options. */
const onlyVariant = "Default Title"

const isVariant = (row: TableRow): boolean =>
  ["Option1 Value", "Variant SKU", "Variant Price"].some((name) => row.cell(name) !== "")

/** What tells a variant from the others of its product: the values of its options. */
const valuesOf = (row: TableRow): ReadonlyArray<string> =>
  ["Option1 Value", "Option2 Value", "Option3 Value"]
    .map((name) => row.cell(name).trim())
    .filter((value) => value !== "" && value !== onlyVariant)

const statuses: { readonly [status: string]: string } = {
  active: "ACTIVE",
  draft: "DRAFT",
  unlisted: "DRAFT",
  archived: "DISCONTINUED"
}

/** A record on its way, and where its fields stand. */
class Parts {
  readonly places = new Map<string, Place>()
  readonly problems: Array<Problem> = []

  text(row: TableRow, column: string, path: string): string {
    this.places.set(path, row.placeOf(column))
    return row.cell(column).trim()
  }

  number(row: TableRow, column: string, path: string): number | undefined {
    const text = this.text(row, column, path)
    if (text === "") return undefined
    const value = Number(text)
    if (Number.isFinite(value)) return value
    this.problems.push(problemAt(row.placeOf(column), "InvalidInput", "must be a number"))
    return undefined
  }

  of(value: unknown): Assembled {
    return { value, places: this.places, problems: this.problems }
  }
}

const imagesOf = (rows: ReadonlyArray<TableRow>) => {
  const images = new Map<string, { url: string; alt: string | null; position: number }>()
  for (const row of rows) {
    const url = row.cell("Image Src").trim()
    if (url === "" || images.has(url)) continue
    const position = Number(row.cell("Image Position")) || images.size + 1
    images.set(url, { url, alt: row.cell("Image Alt Text").trim() || null, position })
  }
  return [...images.values()]
    .sort((a, b) => a.position - b.position)
    .map(({ alt, url }) => ({ url, alt }))
}

const metadataOf = (row: TableRow) => {
  const fields = [
    ["vendor", row.cell("Vendor")],
    ["productType", row.cell("Type")],
    ["tags", row.cell("Tags")]
  ] as const
  const given = fields.filter(([, text]) => text.trim() !== "")
  return given.length === 0 ? null : { shopify: Object.fromEntries(given) }
}

const productOf =
  (currency: string) =>
  (rows: ReadonlyArray<TableRow>): Assembled | undefined => {
    const [first] = rows
    if (first === undefined) return undefined
    const parts = new Parts()
    const handle = parts.text(first, "Handle", "externalId")
    const title = parts.text(first, "Title", "name")
    const status = statuses[parts.text(first, "Status", "status").toLowerCase()]
    const isPublished = first.cell("Published").trim().toLowerCase() !== "false"
    const options = rows.filter(isVariant).map((row, index) => {
      const at = `options.${index}`
      const values = valuesOf(row)
      const sku = parts.text(row, "Variant SKU", `${at}.skus`)
      const amount = parts.text(row, "Variant Price", `${at}.price`)
      parts.places.set(`${at}.name`, row.placeOf("Option1 Value"))
      return {
        externalId: [handle, ...values].join("/"),
        name: values.length === 0 ? title : values.join(" / "),
        price: amount === "" ? null : { amount, currency },
        ...(sku === "" ? {} : { skus: [{ code: sku }] })
      }
    })
    parts.places.set("images", first.placeOf("Image Src"))
    return parts.of({
      externalId: handle,
      slug: handle,
      name: title,
      description: parts.text(first, "Body (HTML)", "description") || null,
      ...(status === undefined
        ? {}
        : { status: status === "ACTIVE" && !isPublished ? "DRAFT" : status }),
      images: imagesOf(rows),
      metadata: metadataOf(first),
      ...(options.length === 0 ? {} : { options })
    })
  }

/** Rows of variants alone have a SKU; the title stands in the first row of the product. */
const titleKeeper = () => {
  let title = ""
  return (row: TableRow): string => {
    const own = row.cell("Title").trim()
    if (own !== "") title = own
    return title
  }
}

const skuOf = () => {
  const titleOf = titleKeeper()
  return ([row]: ReadonlyArray<TableRow>): Assembled | undefined => {
    if (row === undefined) return undefined
    const title = titleOf(row)
    const parts = new Parts()
    const code = parts.text(row, "Variant SKU", "code")
    if (code === "") return undefined
    const grams = parts.number(row, "Variant Grams", "weight")
    parts.places.set("name", row.placeOf("Title"))
    return parts.of({
      code,
      name: [title, ...valuesOf(row)].join(" / "),
      ...(grams === undefined ? {} : { weight: Math.round(grams) / 1_000 })
    })
  }
}

const stockOf = ([row]: ReadonlyArray<TableRow>): Assembled | undefined => {
  if (row === undefined) return undefined
  const parts = new Parts()
  const code = parts.text(row, "Variant SKU", "code")
  const quantity = parts.number(row, "Variant Inventory Qty", "quantity")
  if (code === "" || quantity === undefined) return undefined
  return parts.of({ code, quantity })
}

/** The shape for a kind of records; undefined for categories, which the export does not have. */
export const shopifyShape = (kind: RecordKind, currency: string): Shape | undefined => {
  const shape = { columns, aliases, ignoresOthers: true, needed: [["Handle"]] }
  switch (kind) {
    case "products":
      return { ...shape, groupOf: (row) => row.cell("Handle"), assemble: productOf(currency) }
    case "skus":
      return { ...shape, needed: [["Variant SKU"]], assemble: skuOf() }
    case "stock":
      return { ...shape, needed: [["Variant SKU"]], assemble: stockOf }
    case "categories":
      return undefined
  }
}
