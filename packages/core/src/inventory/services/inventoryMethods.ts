/**
 * The commands as methods: one name for each, the same in the Effect service, the Promise API and
 * the HTTP routes. Adding a command is adding a row here.
 */
import type * as Effect from "effect/Effect"
import type { RequestOptions } from "../../engine/RequestOptions.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { AnswerOf } from "../messages/InventoryAnswer.ts"
import type { CommandTag, InventoryCommand } from "../messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"

/** The command behind each method. */
export const methodTags = {
  registerSku: "RegisterSku",
  updateSku: "UpdateSku",
  archiveSku: "ArchiveSku",
  unarchiveSku: "UnarchiveSku",
  registerLocation: "RegisterLocation",
  updateLocation: "UpdateLocation",
  receive: "ReceiveStock",
  ship: "ShipStock",
  returnStock: "ReturnStock",
  adjust: "AdjustStock",
  count: "CountStock",
  transfer: "TransferStock",
  reserve: "ReserveStock",
  confirm: "ConfirmReservation",
  release: "ReleaseReservation",
  fulfil: "FulfilReservation",
  resize: "ResizeReservation",
  extend: "ExtendReservation",
  confirmOrder: "ConfirmOrder",
  releaseOrder: "ReleaseOrder",
  fulfilOrder: "FulfilOrder"
} as const satisfies Record<string, CommandTag>

/** The name of a method. */
export type MethodName = keyof typeof methodTags

/** What a method takes: the command without its tag, instants as ISO 8601 text. */
export type InputOf<Tag extends CommandTag> = Omit<
  Extract<typeof InventoryCommand.Encoded, { readonly _tag: Tag }>,
  "_tag"
>

/** The methods of the inventory; each validates its input and answers with what it came to. */
export type InventoryMethods = {
  readonly [Name in MethodName]: (
    input: InputOf<(typeof methodTags)[Name]>,
    options?: RequestOptions
  ) => Effect.Effect<AnswerOf<(typeof methodTags)[Name]>, InventoryRefusal | StoreError>
}
