/** What the endpoints of the catalog answer and fail with, from its table of operations. */
import {
  CatalogRefusal,
  everyRefusalOf,
  type OperationName,
  operations,
  type RefusalOf,
  type RefusalsOf,
  type RefusalTag,
  refusals,
  sentenceOf
} from "@holdfast/core/catalog"
import type { StoreError } from "@holdfast/core/inventory"
import type * as Schema from "effect/Schema"
import {
  headersOf,
  type Problem,
  type ProblemAnswer,
  problemOfRefusal,
  storeProblem
} from "../../kit/Problem.ts"
import { refusalSchemasOf, storeFailures } from "../../kit/refusalSchemas.ts"

const problemOf = (refusal: CatalogRefusal): Problem =>
  problemOfRefusal(refusals, refusal, sentenceOf(refusal))

/** The problem of a refusal of the catalog, or of a failed store. */
export const catalogProblem = (failure: CatalogRefusal | StoreError): ProblemAnswer =>
  failure._tag === "StoreError"
    ? storeProblem(failure)
    : { problem: problemOf(failure), headers: headersOf(failure) }

// The inventory has refusals of these names too, with fields of its own.
const refusalSchemaOf = refusalSchemasOf<CatalogRefusal>({
  members: CatalogRefusal.members,
  kinds: refusals,
  problemOf,
  names: { IdTaken: "CatalogIdTaken", SkuNotFound: "MappedSkuNotFound" }
})

/** What an endpoint can fail with, from the table of operations. */
export const failuresOf = <Name extends OperationName>(name: Name) => {
  const tags: ReadonlyArray<RefusalTag> = everyRefusalOf(name)
  const problems: ReadonlyArray<unknown> = tags.map((tag) => refusalSchemaOf(tag))
  return [
    ...(problems as ReadonlyArray<Schema.Codec<RefusalOf<RefusalsOf<Name>>, unknown>>),
    ...storeFailures
  ]
}

/** The answer of an operation and its failures, as an endpoint has them. */
export const answersOf = <Name extends OperationName>(name: Name) => ({
  success: operations[name].answer as (typeof operations)[Name]["answer"],
  error: failuresOf(name)
})
