/**
 * The one table of operations of the catalog: what each takes, what it answers, what it does in one
 * sentence, and its refusals. Every door is made from it. A new property of every operation becomes
 * a column here.
 */
import type { PermittedOperation } from "../../access/Permission.ts"
import { refusalsOfAny, refusalsOfQueries } from "../../kernel/refusals.ts"
import type { CommandTag } from "./CatalogCommand.ts"
import type { RefusalTag } from "./CatalogError.ts"
import { commandOperations } from "./commandOperations.ts"
import { queryOperations } from "./queryOperations.ts"

/** All operations, by the names of their methods. */
export const operations = { ...commandOperations, ...queryOperations }

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

/** What each command asks of who gives it, by its tag. */
export const permittedCommands = Object.fromEntries(
  Object.entries(commandOperations).map(([name, { command, permission }]) => [
    command,
    { name, permission }
  ])
) as unknown as { readonly [Tag in CommandTag]: PermittedOperation }
