/**
 * The one table of operations: what each takes, what it answers, what it does in one sentence, and
 * its refusals. The HTTP contract, the OpenAPI document and the methods of the doors are made from
 * it, and a test compares it with the docstrings of the Promise door. A new property of every operation
 * becomes a column here.
 */
import * as Schema from "effect/Schema"
import { refusalsOfAny, refusalsOfQueries } from "../../kernel/refusals.ts"
import { commandOperations } from "./commandOperations.ts"
import type { RefusalTag } from "./InventoryError.ts"
import { queryOperations } from "./queryOperations.ts"

/** What the engine also does by itself, without a request. */
const upkeep = {
  expireLapsed: {
    summary: "Write down the holds that have lapsed",
    input: Schema.Struct({}),
    answer: Schema.Int,
    refusals: []
  }
} as const

/** All operations, by the names of their methods. */
export const operations = { ...commandOperations, ...upkeep, ...queryOperations }

/** The name of an operation. */
export type OperationName = keyof typeof operations

/** A refusal that an operation can give. */
export type RefusalsOf<Name extends OperationName> =
  | (typeof operations)[Name]["refusals"][number]
  | (Name extends keyof typeof commandOperations
      ? (typeof refusalsOfAny)[number]
      : (typeof refusalsOfQueries)[number])

/** Every refusal that an operation can give, in the order of precedence. */
export const everyRefusalOf = <Name extends OperationName>(
  name: Name
): ReadonlyArray<RefusalsOf<Name>> => {
  const ofAny = name in commandOperations ? refusalsOfAny : refusalsOfQueries
  const all: ReadonlyArray<RefusalTag> = [...ofAny, ...operations[name].refusals]
  return all as ReadonlyArray<RefusalsOf<Name>>
}
