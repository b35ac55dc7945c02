/**
 * What a list of products is narrowed to by attributes, and the facets that are counted with it. Both
 * are asked for by codes; what a code means, its attribute says.
 */
import * as Effect from "effect/Effect"
import type { InvalidInput } from "../../kernel/InvalidInput.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { RefusalOf } from "../messages/CatalogError.ts"
import type { Facet } from "../messages/CatalogQuery.ts"
import type { AttributeFilter } from "../messages/queryOperations.ts"
import type {
  CatalogReads,
  FacetValues,
  ProductsQuery,
  ValueFilter
} from "../ports/CatalogReads.ts"
import type { Attribute } from "../state/Attribute.ts"
import { named, namedChoices } from "./productAnswers.ts"

type Filter = (typeof AttributeFilter)["Type"]

/** The filters of a list by attributes, and the attributes of its facets. */
export interface Narrowing {
  readonly values: ReadonlyArray<ValueFilter>
  readonly facets: ReadonlyArray<Attribute>
}

/** A code that a list names, the field that names it, and its filter, if it is one. */
interface Named {
  readonly code: string
  readonly path: string
  readonly filter: Filter | null
}

/** Reads the attributes that a list names, in one statement, or none. */
export const narrowingOf = (
  reads: CatalogReads["Service"],
  filters: { readonly [code: string]: Filter },
  facets: ReadonlyArray<string>
): Effect.Effect<Narrowing, RefusalOf<"AttributeNotFound"> | InvalidInput | StoreError> =>
  Effect.gen(function* () {
    const asked: ReadonlyArray<Named> = [
      ...Object.entries(filters).map(([code, filter]) => ({
        code,
        path: `attributes.${code}`,
        filter
      })),
      ...facets.map((code, index) => ({ code, path: `facets.${index}`, filter: null }))
    ]
    if (asked.length === 0) return { values: [], facets: [] }
    const read = yield* reads.attributes({ codes: [...new Set(asked.map(({ code }) => code))] })
    const known = new Map(read.map((attribute) => [attribute.code, attribute]))
    const unknown = asked.filter(({ code }) => !known.has(code))
    if (unknown.length > 0) return yield* Effect.fail(notFound(unknown))
    const found = asked.flatMap((it) => {
      const attribute = known.get(it.code)
      return attribute === undefined ? [] : [{ ...it, attribute }]
    })
    const issues = found.flatMap(({ attribute, filter, path }) =>
      (filter === null ? wrongFacet(attribute) : wrongFilter(attribute, filter)).map((message) => ({
        path,
        message
      }))
    )
    if (issues.length > 0) return yield* Effect.fail({ _tag: "InvalidInput" as const, issues })
    return {
      values: found.flatMap(({ attribute, filter }) =>
        filter === null ? [] : [filterOf(attribute, filter)]
      ),
      facets: [...new Set(facets)].flatMap((code) => known.get(code) ?? [])
    }
  })

const notFound = (unknown: ReadonlyArray<Named>): RefusalOf<"AttributeNotFound"> => ({
  _tag: "AttributeNotFound",
  attributes: [...new Set(unknown.map(({ code }) => code))],
  fields: unknown.map(({ path }) => path)
})

const closed = "is of an attribute that is not filterable"

const wrongFacet = ({ isFilterable, kind }: Attribute): ReadonlyArray<string> => {
  if (!isFilterable) return [closed]
  return kind === "TEXT" ? ["is of a TEXT, whose values are not counted"] : []
}

const wrongFilter = (
  { isFilterable, kind }: Attribute,
  { anyOf }: Filter
): ReadonlyArray<string> => {
  if (!isFilterable) return [closed]
  if (anyOf === undefined) return kind === "NUMBER" ? [] : [`is of a ${kind}, which has no range`]
  if (kind === "NUMBER") return anyOf.every(isNumber) ? [] : ["must be a number"]
  return kind !== "BOOLEAN" || anyOf.every((value) => ["true", "false"].includes(String(value)))
    ? []
    : ["must be true or false"]
}

const isNumber = (value: string | number | boolean): boolean =>
  typeof value !== "boolean" && Number.isFinite(Number(value))

/** A number is compared by the text that it is kept with: `1.0` is `1`. */
const filterOf = ({ code, kind }: Attribute, { anyOf, from, to }: Filter): ValueFilter => {
  if (anyOf === undefined) return { code, from: from ?? null, to: to ?? null }
  const texts = anyOf.map((value) => String(kind === "NUMBER" ? Number(value) : value))
  return { code, anyOf: [...new Set(texts)] }
}

/** The facets of a list, in the order in which they were asked for. */
export const facetsIn = (
  reads: CatalogReads["Service"],
  asked: ProductsQuery,
  { facets }: Narrowing,
  locale: string | undefined
): Effect.Effect<ReadonlyArray<Facet>, StoreError> => {
  const queries = facets.map(({ code, kind }) => ({ code, isNumber: kind === "NUMBER" }))
  return Effect.map(reads.facets(asked, queries), (read) => {
    const known = new Map(read.map((values) => [values.code, values]))
    return facets.flatMap((attribute) => {
      const values = known.get(attribute.code)
      const view = namedChoices(named(attribute, locale), locale)
      return values === undefined ? [] : [facetOf(view, values)]
    })
  })
}

const facetOf = (
  { choices, code, kind, name, unit }: Attribute,
  { counts, ...values }: FacetValues
): Facet => {
  const counted = new Map(counts.map(({ products, value }) => [value, products]))
  const shown = {
    CHOICE: choices.map((choice) => ({ value: choice.value, name: choice.name })),
    BOOLEAN: ["true", "false"].map((value) => ({ value, name: null })),
    NUMBER: [],
    TEXT: []
  }[kind]
  return {
    ...values,
    code,
    name,
    kind,
    unit,
    counts: shown.map((it) => ({ ...it, products: counted.get(it.value) ?? 0 }))
  }
}
