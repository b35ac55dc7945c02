/** What the endpoints of the inventory answer and fail with, from its table of operations. */
import {
  everyRefusalOf,
  InventoryRefusal,
  type OperationName,
  operations,
  type RefusalOf,
  type RefusalsOf,
  type RefusalTag,
  refusals
} from "@holdfast/core/inventory"
import * as Schema from "effect/Schema"
import { refusalMembers } from "../../kit/Problem.ts"
import { refusalSchemasOf, storeFailures } from "../../kit/refusalSchemas.ts"

/** A refusal as the error of an endpoint. */
export const refusalSchemaOf = refusalSchemasOf<InventoryRefusal>({
  members: InventoryRefusal.members,
  kinds: refusals,
  problemOf: refusalMembers
})

/** The problem of a refusal as it goes over the wire, for what is no answer of an endpoint. */
export const problemSchemaOf = (tag: RefusalTag) => Schema.toEncoded(refusalSchemaOf(tag))

/**
 * What an endpoint can fail with, from the table of operations. `without` names refusals that the
 * endpoint cannot cause.
 */
export const failuresOf = <Name extends OperationName, const Without extends RefusalTag = never>(
  name: Name,
  { without = [] }: { readonly without?: ReadonlyArray<Without> } = {}
) => {
  const all: ReadonlyArray<RefusalTag> = everyRefusalOf(name)
  const left = all.filter((tag) => !without.some((other) => other === tag))
  type Left = Exclude<RefusalsOf<Name>, Without>
  const problems: ReadonlyArray<unknown> = left.map((tag) => refusalSchemaOf(tag))
  return [...(problems as ReadonlyArray<Schema.Codec<RefusalOf<Left>, unknown>>), ...storeFailures]
}

/** The answer of an operation and its failures, as an endpoint has them. */
export const answersOf = <Name extends OperationName>(name: Name) => ({
  success: operations[name].answer as (typeof operations)[Name]["answer"],
  error: failuresOf(name)
})
