/**
 * The one table of operations: what each takes, what it answers, what it does in one sentence, and
 * its refusals. The HTTP contract, the OpenAPI document and the methods of the doors are made from
 * it, and a test compares it with the docstrings of the Promise door. A new property of every operation
 * becomes a column here.
 */
import * as Schema from "effect/Schema"
import {
  ofCustomers,
  ofHolds,
  type Permission,
  type PermittedOperation
} from "../../access/Permission.ts"
import { OrderId, unchecked } from "../../kernel/Identifier.ts"
import { Timestamp } from "../../kernel/Instant.ts"
import { refusalsOfAny, refusalsOfQueries } from "../../kernel/refusals.ts"
import { CustomerData } from "../state/PlacedOrder.ts"
import { type CommandName, commandOperations } from "./commandOperations.ts"
import type { CommandTag } from "./InventoryCommand.ts"
import type { RefusalTag } from "./InventoryError.ts"
import { queryOperations } from "./queryOperations.ts"

/** What the engine also does by itself, without a request. */
const upkeep = {
  expireLapsed: {
    permission: ofHolds.upkeep,
    summary: "Write down the holds that have lapsed",
    input: Schema.Struct({}),
    answer: Schema.Int,
    refusals: []
  }
} as const satisfies {
  readonly [name: string]: {
    readonly permission: Permission
    readonly summary: string
    readonly input: Schema.Top
    readonly answer: Schema.Top
    readonly refusals: ReadonlyArray<RefusalTag>
  }
}

/** What is kept about the customer of an order, since when. */
export const OrderCustomer = Schema.Struct({
  orderId: unchecked.orderId,
  customer: CustomerData,
  changedAt: Timestamp
}).annotate({ identifier: "OrderCustomer" })
export interface OrderCustomer extends Schema.Schema.Type<typeof OrderCustomer> {}

/** That nothing is kept about the customer of an order any more, and whether something was. */
export const CustomerErased = Schema.Struct({
  orderId: unchecked.orderId,
  isErased: Schema.Boolean.annotate({ description: "False when there was nothing to erase" })
}).annotate({ identifier: "CustomerErased" })
export interface CustomerErased extends Schema.Schema.Type<typeof CustomerErased> {}

/** What is done with the data of customers. Each leaves a record in the audit log, reads too. */
export const customerOperations = {
  customer: {
    record: "ReadCustomer",
    permission: ofCustomers.read,
    summary: "Read what is kept about the customer of an order",
    input: Schema.Struct({ orderId: OrderId }),
    answer: OrderCustomer,
    refusals: ["KeyRingMissing", "CustomerNotFound", "CustomerUnreadable"]
  },
  eraseCustomer: {
    record: "EraseCustomer",
    permission: ofCustomers.erase,
    summary: "Erase what is kept about the customer of an order; the ledger stays whole",
    input: Schema.Struct({ orderId: OrderId }),
    answer: CustomerErased,
    refusals: []
  }
} as const satisfies {
  readonly [name: string]: {
    /** The operation in its record. */
    readonly record: string
    readonly permission: Permission
    readonly summary: string
    readonly input: Schema.Top
    readonly answer: Schema.Top
    readonly refusals: ReadonlyArray<RefusalTag>
  }
}

/** All operations, by the names of their methods. */
export const operations = {
  ...commandOperations,
  ...customerOperations,
  ...upkeep,
  ...queryOperations
}

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

/** A refusal that the named command can give, beside those that any command can. */
export type RefusalTagOf<Tag extends CommandTag> = {
  [Name in CommandName]: (typeof commandOperations)[Name]["command"] extends Tag
    ? (typeof commandOperations)[Name]["refusals"][number]
    : never
}[CommandName]

/**
 * The refusals of each command, beside those of any, by its tag: what the tests of decisions look up.
 * What the sweeper sends is never refused.
 */
export const refusalsOf = {
  ...Object.fromEntries(
    Object.values(commandOperations).map(({ command, refusals }) => [command, refusals])
  ),
  ExpireReservations: [],
  BreakBundle: []
} as unknown as { readonly [Tag in CommandTag]: ReadonlyArray<RefusalTagOf<Tag>> }

/** Whether a command can give a refusal. */
export const canRefuse = (command: CommandTag, refusal: RefusalTag): boolean =>
  ([...refusalsOfAny, ...refusalsOf[command]] as ReadonlyArray<RefusalTag>).includes(refusal)

const permitted = (name: string, { permission }: { readonly permission: Permission }) => ({
  name,
  permission
})

/** What each command asks of who gives it, by its tag. What the engine sends itself has a row too. */
export const permittedCommands = {
  ...Object.fromEntries(
    Object.entries(commandOperations).map(([name, row]) => [row.command, permitted(name, row)])
  ),
  ExpireReservations: permitted("expireLapsed", upkeep.expireLapsed),
  BreakBundle: permitted("breakBundle", upkeep.expireLapsed)
} as unknown as { readonly [Tag in CommandTag]: PermittedOperation }
