/**
 * What a request says of its customer is encrypted before the request enters the engine: no decision, no
 * fingerprint, no event and no error ever sees it. The order is authenticated with it, so that it cannot
 * be read as that of another order.
 */
import * as Effect from "effect/Effect"
import type { RequestOptions } from "../../../engine/RequestOptions.ts"
import type { OrderId } from "../../../kernel/Identifier.ts"
import { StoreError } from "../../../kernel/StoreError.ts"
import type { KeyRingService } from "../../../secrets/KeyRing.ts"
import type { InventoryCommand } from "../../messages/InventoryCommand.ts"
import type { RefusalOf } from "../../messages/InventoryError.ts"
import type { SkuCommand } from "../../messages/SkuCommand.ts"
import { customerColumn } from "../../ports/CustomerStore.ts"

/** Where what is kept about the customer of an order stands. */
export const placeOfCustomer = (orderId: OrderId) => ({ column: customerColumn, row: orderId })

/** The refusal of what needs a key ring. */
export const keyRingMissing: RefusalOf<"KeyRingMissing"> = {
  _tag: "KeyRingMissing",
  field: "customer"
}

/** What the customer of each command became, by the command as the engine gets it. */
export type EncryptedCustomers = WeakMap<object, string>

/** The command as the engine gets it: it says that there was a customer, and nothing more. */
const withoutCustomer = (command: InventoryCommand): InventoryCommand => {
  const { customer: _, ...rest } = command as InventoryCommand & { readonly customer: unknown }
  const kept: Pick<SkuCommand & { readonly _tag: "ReserveStock" }, "hasCustomer"> = {
    hasCustomer: true
  }
  return { ...rest, ...kept } as InventoryCommand
}

/** Runs commands whose customers were encrypted before. */
export const keepingCustomers =
  <A, E>(
    keyRing: KeyRingService | undefined,
    encrypted: EncryptedCustomers,
    execute: (command: InventoryCommand, options?: RequestOptions) => Effect.Effect<A, E>
  ) =>
  (
    command: InventoryCommand,
    options?: RequestOptions
  ): Effect.Effect<A, E | RefusalOf<"KeyRingMissing"> | StoreError> => {
    if (!("customer" in command) || command.customer === undefined) return execute(command, options)
    if (keyRing === undefined) return Effect.fail(keyRingMissing)
    const plain = JSON.stringify(command.customer)
    return keyRing.encrypt(plain, placeOfCustomer(command.orderId)).pipe(
      Effect.catchTag("KeyExhausted", ({ message }) =>
        Effect.fail(new StoreError({ reason: "Unavailable", message }))
      ),
      Effect.flatMap((ciphertext) => {
        const asked = withoutCustomer(command)
        encrypted.set(asked, ciphertext)
        return execute(asked, options)
      })
    )
  }
