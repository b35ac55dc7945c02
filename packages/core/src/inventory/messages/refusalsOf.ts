/**
 * Which refusals each command can give, in the order of precedence. The HTTP contract is made from
 * this table. Tests compare it with the docstrings of the Promise door and with every decision that
 * they see. A command that gains a refusal gains a word in its row.
 */
import type { CommandTag } from "./InventoryCommand.ts"
import type { RefusalTag } from "./InventoryError.ts"

const arrival = [
  "SkuNotFound",
  "LocationNotFound",
  "SkuArchived",
  "LocationUnavailable",
  "BalanceOutOfRange"
] as const

const table = {
  RegisterSku: ["LocationNotFound", "IdTaken", "SkuCodeTaken", "LocationUnavailable"],
  UpdateSku: ["SkuNotFound", "SkuCodeTaken", "SkuArchived"],
  ArchiveSku: ["SkuNotFound", "SkuNotEmpty"],
  UnarchiveSku: ["SkuNotFound", "SkuCodeTaken"],
  RegisterLocation: ["IdTaken", "DefaultLocationRequired"],
  UpdateLocation: ["LocationNotFound", "DefaultLocationRequired"],
  ReceiveStock: arrival,
  ShipStock: ["SkuNotFound", "LocationNotFound", "SkuArchived", "InsufficientOnHand"],
  ReturnStock: arrival,
  AdjustStock: [
    "SkuNotFound",
    "LocationNotFound",
    "SkuArchived",
    "LocationUnavailable",
    "InsufficientOnHand",
    "PromisesInTheWay",
    "BalanceOutOfRange"
  ],
  CountStock: [
    "SkuNotFound",
    "LocationNotFound",
    "SkuArchived",
    "LocationUnavailable",
    "StaleExpectation",
    "PromisesInTheWay",
    "BalanceOutOfRange"
  ],
  TransferStock: [
    "SkuNotFound",
    "LocationNotFound",
    "SkuArchived",
    "LocationUnavailable",
    "InsufficientOnHand"
  ],
  ReserveStock: [
    "SkuNotFound",
    "LocationNotFound",
    "IdTaken",
    "SkuArchived",
    "LocationUnavailable",
    "OrderTooLarge",
    "OrderAlreadyConfirmed",
    "InsufficientStock"
  ],
  ConfirmReservation: [
    "ReservationNotFound",
    "SkuArchived",
    "ReservationExpired",
    "ReservationConflict",
    "InsufficientStock"
  ],
  ReleaseReservation: ["ReservationNotFound", "ReservationConflict"],
  FulfilReservation: [
    "ReservationNotFound",
    "ReservationExpired",
    "ReservationConflict",
    "QuantityOutOfHold",
    "InsufficientOnHand"
  ],
  ResizeReservation: [
    "ReservationNotFound",
    "ReservationExpired",
    "ReservationConflict",
    "QuantityOutOfHold",
    "InsufficientStock"
  ],
  ExtendReservation: ["ReservationNotFound", "ReservationExpired", "ReservationConflict"],
  ConfirmOrder: [
    "OrderNotFound",
    "SkuArchived",
    "OrderTooLarge",
    "ReservationExpired",
    "ReservationConflict",
    "InsufficientStock"
  ],
  ReleaseOrder: ["OrderNotFound", "OrderTooLarge", "ReservationConflict"],
  FulfilOrder: ["OrderNotFound", "OrderTooLarge", "OrderNotConfirmed", "InsufficientOnHand"],
  ExpireReservations: []
} as const satisfies { readonly [Tag in CommandTag]: ReadonlyArray<RefusalTag> }

/** What any command can be refused with: it cannot be read, or another command used its key. */
export const refusalsOfAny = ["InvalidInput", "IdempotencyMismatch"] as const

/** A refusal that the named command can give, beside those that any command can. */
export type RefusalTagOf<Tag extends CommandTag> = (typeof table)[Tag][number]

/** The refusals of each command, beside those of any. */
export const refusalsOf: {
  readonly [Tag in CommandTag]: ReadonlyArray<RefusalTagOf<Tag>>
} = table

/** Whether a command can give a refusal. */
export const canRefuse = (command: CommandTag, refusal: RefusalTag): boolean =>
  ([...refusalsOfAny, ...refusalsOf[command]] as ReadonlyArray<RefusalTag>).includes(refusal)
