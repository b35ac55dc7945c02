/**
 * The query of a list of products. What it is narrowed to by attributes is named by their codes:
 * `attributes.color=red&attributes.color=blue`, and `attributes.weight.from=1` for a range.
 */
import { operations, type ProductsList } from "@holdfast/core/catalog"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as Struct from "effect/Struct"
import { keepChecks, listInQuery } from "../../kit/parameters.ts"

const { input } = operations.products
const prefix = "attributes."

type Filters = NonNullable<ProductsList["attributes"]>
type Texts = { readonly [parameter: `attributes.${string}`]: ReadonlyArray<string> }

/** A number that was given once; anything else is refused as no number. */
const numberOf = (texts: ReadonlyArray<string>): number => {
  const [text = "", ...others] = texts
  return text.trim() === "" || others.length > 0 ? Number.NaN : Number(text)
}

const filtersOf = (texts: Texts): Filters => {
  const filters = new Map<string, Filters[string]>()
  for (const [parameter, values] of Object.entries(texts)) {
    const [, code = "", end] =
      /^attributes\.(.*?)(?:\.(from|to))?$/su.exec(parameter) ?? ([] as ReadonlyArray<string>)
    const part = end === undefined ? { anyOf: values } : { [end]: numberOf(values) }
    filters.set(code, { ...filters.get(code), ...part })
  }
  return Object.fromEntries(filters)
}

const textsOf = (filters: Filters): Texts =>
  Object.fromEntries(
    Object.entries(filters).flatMap(([code, { anyOf, from, to }]) => [
      ...(anyOf === undefined ? [] : [[`${prefix}${code}`, anyOf.map(String)] as const]),
      ...(from === undefined ? [] : [[`${prefix}${code}.from`, [String(from)]] as const]),
      ...(to === undefined ? [] : [[`${prefix}${code}.to`, [String(to)]] as const])
    ])
  )

/** The parameters of a list, whose question is read without the fields of the path. */
const queryOf = <Query extends Omit<ProductsList, "categoryId">>(
  question: Schema.Codec<Query, unknown>,
  fields: Schema.Struct.Fields
): Schema.Codec<Query, Readonly<Record<string, string | ReadonlyArray<string> | undefined>>> => {
  const wire = Schema.StructWithRest(Schema.Struct(fields), [
    Schema.Record(Schema.TemplateLiteral([prefix, Schema.String]), Schema.Array(Schema.String))
  ])
  const decode = (parameters: Readonly<Record<string, unknown>>) => {
    const entries = Object.entries(parameters)
    const texts = entries.filter(([name]) => name.startsWith(prefix))
    const others = entries.filter(([name]) => !name.startsWith(prefix))
    const attributes = filtersOf(Object.fromEntries(texts) as Texts)
    return { ...Object.fromEntries(others), ...(texts.length === 0 ? {} : { attributes }) }
  }
  const encode = ({ attributes = {}, ...others }: Query) => ({ ...others, ...textsOf(attributes) })
  return wire.pipe(
    Schema.decodeTo(
      Schema.toType(question) as never,
      SchemaTransformation.transform({ decode, encode } as never)
    )
  ) as never
}

const facets = Schema.optionalKey(
  listInQuery(input.fields.facets.schema as Schema.Codec<ReadonlyArray<string>>)
)
const { attributes: _, ...fields } = input.fields
const { categoryId: __, ...ofCategory } = fields

/** The query of the list of all products. */
export const productsQuery = queryOf(input, { ...fields, facets })

/** The query of the list of a category, which the path names. */
export const categoryProductsQuery = queryOf(
  input.mapFields(Struct.omit(["categoryId"]), keepChecks),
  { ...ofCategory, facets }
)
