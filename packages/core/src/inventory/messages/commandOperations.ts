/**
 * The operations that change something, one row each: the command behind it, what it takes (the
 * command without its tag), what it answers, one sentence of what it does, and its refusals in the
 * order of precedence, beside those of any command. A command that gains a refusal gains a word in
 * its row.
 */
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { ofHolds, ofStock, type Permission } from "../../access/Permission.ts"
import { Location } from "../state/Location.ts"
import { Reservation } from "../state/Reservation.ts"
import { Sku } from "../state/Sku.ts"
import { OrderState, StockChanged, StockLinesChanged } from "./InventoryAnswer.ts"
import {
  ArchiveSku,
  type CommandTag,
  ConfirmOrder,
  ConfirmReservation,
  ExtendReservation,
  FulfilOrder,
  FulfilReservation,
  RegisterLocation,
  RegisterSku,
  ReleaseOrder,
  ReleaseReservation,
  ReserveStock,
  ResizeReservation,
  UnarchiveSku,
  UpdateLocation,
  UpdateSku
} from "./InventoryCommand.ts"
import type { RefusalTag } from "./InventoryError.ts"
import {
  AdjustStock,
  ChangeStock,
  CountStock,
  ReceiveStock,
  ReturnStock,
  ShipStock,
  TransferStock
} from "./MovementCommands.ts"
import {
  CancelOrder,
  ClaimOrder,
  CompleteOrder,
  ExtendBundle,
  PayOrder,
  PlaceOrder,
  ReleaseBundle,
  ResizeBundle
} from "./OrderCommands.ts"

/** Keeps the checks of a command that lacks its tag: the checks are about other fields. */
const keepChecks = { unsafePreserveChecks: true } as const

/** The holds of one command, in the order of its lines. */
const holds = Schema.Array(Reservation)

/** What any movement of goods begins with. */
const booked = ["ReferenceTaken", "SkuNotFound", "LocationNotFound", "SkuArchived"] as const

const arrival = [...booked, "LocationUnavailable", "BalanceOutOfRange"] as const

/** The commands. */
export const commandOperations = {
  registerSku: {
    command: "RegisterSku",
    permission: ofStock.write,
    summary: "Register a SKU, with its opening stock",
    input: RegisterSku.mapFields(Struct.omit(["_tag"])),
    answer: Sku,
    refusals: ["LocationNotFound", "IdTaken", "SkuCodeTaken", "LocationUnavailable"]
  },
  updateSku: {
    command: "UpdateSku",
    permission: ofStock.define,
    summary: "Change a SKU or its policy; what is left out stays",
    input: UpdateSku.mapFields(Struct.omit(["_tag"])),
    answer: Sku,
    refusals: ["SkuNotFound", "SkuCodeTaken", "SkuArchived"]
  },
  archiveSku: {
    command: "ArchiveSku",
    permission: ofStock.define,
    summary: "Take a SKU out of use; not while stock or open holds exist",
    input: ArchiveSku.mapFields(Struct.omit(["_tag"])),
    answer: Sku,
    refusals: ["SkuNotFound", "SkuNotEmpty"]
  },
  unarchiveSku: {
    command: "UnarchiveSku",
    permission: ofStock.define,
    summary: "Take an archived SKU into use again; not while another SKU in use has its code",
    input: UnarchiveSku.mapFields(Struct.omit(["_tag"])),
    answer: Sku,
    refusals: ["SkuNotFound", "SkuCodeTaken"]
  },
  registerLocation: {
    command: "RegisterLocation",
    permission: ofStock.write,
    summary: "Register a location",
    input: RegisterLocation.mapFields(Struct.omit(["_tag"])),
    answer: Location,
    refusals: ["IdTaken", "DefaultLocationRequired"]
  },
  updateLocation: {
    command: "UpdateLocation",
    permission: ofStock.write,
    summary: "Change a location; what is left out stays",
    input: UpdateLocation.mapFields(Struct.omit(["_tag"])),
    answer: Location,
    refusals: ["LocationNotFound", "DefaultLocationRequired"]
  },
  receive: {
    command: "ReceiveStock",
    permission: ofStock.write,
    summary: "Goods came in",
    input: ReceiveStock.mapFields(Struct.omit(["_tag"]), keepChecks),
    answer: StockChanged,
    refusals: arrival
  },
  ship: {
    command: "ShipStock",
    permission: ofStock.write,
    summary: "Goods left without a reservation; never units that are promised",
    input: ShipStock.mapFields(Struct.omit(["_tag"]), keepChecks),
    answer: StockChanged,
    refusals: [...booked, "InsufficientOnHand"]
  },
  returnStock: {
    command: "ReturnStock",
    permission: ofStock.write,
    summary: "Goods came back",
    input: ReturnStock.mapFields(Struct.omit(["_tag"]), keepChecks),
    answer: StockChanged,
    refusals: [...booked, "LocationUnavailable", "ReturnExceedsOrder", "BalanceOutOfRange"]
  },
  adjust: {
    command: "AdjustStock",
    permission: ofStock.write,
    summary: "Correct the total by a signed quantity, with a reason",
    input: AdjustStock.mapFields(Struct.omit(["_tag"]), keepChecks),
    answer: StockChanged,
    refusals: [
      ...booked,
      "LocationUnavailable",
      "InsufficientOnHand",
      "PromisesInTheWay",
      "BalanceOutOfRange"
    ]
  },
  count: {
    command: "CountStock",
    permission: ofStock.write,
    summary: "Set the total to what was counted",
    input: CountStock.mapFields(Struct.omit(["_tag"]), keepChecks),
    answer: StockChanged,
    refusals: [
      ...booked,
      "LocationUnavailable",
      "StaleExpectation",
      "PromisesInTheWay",
      "BalanceOutOfRange"
    ]
  },
  transfer: {
    command: "TransferStock",
    permission: ofStock.write,
    summary: "Move units between two locations",
    input: TransferStock.mapFields(Struct.omit(["_tag"]), keepChecks),
    answer: StockChanged,
    refusals: [...booked, "LocationUnavailable", "InsufficientOnHand"]
  },
  changeStock: {
    command: "ChangeStock",
    permission: ofStock.write,
    summary: "Count, receive and adjust up to 1,000 lines; an answer for each, or all or nothing",
    input: ChangeStock.mapFields(Struct.omit(["_tag"])),
    answer: StockLinesChanged,
    refusals: ["LinesRefused"]
  },
  reserve: {
    command: "ReserveStock",
    permission: ofHolds.writeOwn,
    summary: "Hold every line for one order, or none",
    input: ReserveStock.mapFields(Struct.omit(["_tag"])),
    answer: holds,
    refusals: [
      "KeyRingMissing",
      "UnknownOption",
      "OptionNotForSale",
      "SkuNotFound",
      "LocationNotFound",
      "OrderNotFound",
      "IdTaken",
      "SkuArchived",
      "LocationUnavailable",
      "OrderTooLarge",
      "OrderAlreadyConfirmed",
      "InsufficientStock"
    ]
  },
  confirm: {
    command: "ConfirmReservation",
    permission: ofHolds.settle,
    summary: "Payment is in: the hold no longer expires",
    input: ConfirmReservation.mapFields(Struct.omit(["_tag"])),
    answer: Reservation,
    refusals: [
      "ReservationNotFound",
      "SkuArchived",
      "BundleLine",
      "ReservationExpired",
      "ReservationConflict",
      "InsufficientStock"
    ]
  },
  release: {
    command: "ReleaseReservation",
    permission: ofHolds.writeOwn,
    summary: "Give back what the hold still keeps; a confirmed one only when confirmed is true",
    input: ReleaseReservation.mapFields(Struct.omit(["_tag"])),
    answer: Reservation,
    refusals: ["ReservationNotFound", "BundleLine", "ReservationConflict"]
  },
  fulfil: {
    command: "FulfilReservation",
    permission: ofHolds.settle,
    summary: "Goods leave for a confirmed hold, all or a part of it",
    input: FulfilReservation.mapFields(Struct.omit(["_tag"])),
    answer: Reservation,
    refusals: [
      "ReservationNotFound",
      "ReservationExpired",
      "ReservationConflict",
      "QuantityOutOfHold",
      "InsufficientOnHand"
    ]
  },
  resize: {
    command: "ResizeReservation",
    permission: ofHolds.writeOwn,
    summary: "Change the quantity of an open hold",
    input: ResizeReservation.mapFields(Struct.omit(["_tag"])),
    answer: Reservation,
    refusals: [
      "ReservationNotFound",
      "BundleLine",
      "ReservationExpired",
      "ReservationConflict",
      "QuantityOutOfHold",
      "InsufficientStock"
    ]
  },
  extend: {
    command: "ExtendReservation",
    permission: ofHolds.writeOwn,
    summary: "Give a pending hold more time, from now",
    input: ExtendReservation.mapFields(Struct.omit(["_tag"])),
    answer: Reservation,
    refusals: ["ReservationNotFound", "BundleLine", "ReservationExpired", "ReservationConflict"]
  },
  confirmOrder: {
    command: "ConfirmOrder",
    permission: ofHolds.settle,
    summary: "Confirm every line of the order, or none",
    input: ConfirmOrder.mapFields(Struct.omit(["_tag"])),
    answer: holds,
    refusals: [
      "OrderNotFound",
      "SkuArchived",
      "OrderTooLarge",
      "ReservationExpired",
      "ReservationConflict",
      "InsufficientStock"
    ]
  },
  releaseOrder: {
    command: "ReleaseOrder",
    permission: ofHolds.writeOwn,
    summary: "Release every line of the order; when one is confirmed, only with confirmed=true",
    input: ReleaseOrder.mapFields(Struct.omit(["_tag"])),
    answer: holds,
    refusals: ["OrderNotFound", "OrderTooLarge", "ReservationConflict"]
  },
  fulfilOrder: {
    command: "FulfilOrder",
    permission: ofHolds.settle,
    summary: "Ship everything that the order's confirmed holds keep, or nothing",
    input: FulfilOrder.mapFields(Struct.omit(["_tag"])),
    answer: holds,
    refusals: ["OrderNotFound", "OrderTooLarge", "OrderNotConfirmed", "InsufficientOnHand"]
  },
  releaseBundle: {
    command: "ReleaseBundle",
    permission: ofHolds.writeOwn,
    summary: "Give back what the bundle still keeps; when a part is confirmed, only with confirmed",
    input: ReleaseBundle.mapFields(Struct.omit(["_tag"])),
    answer: holds,
    refusals: ["BundleNotFound", "ReservationConflict"]
  },
  resizeBundle: {
    command: "ResizeBundle",
    permission: ofHolds.writeOwn,
    summary: "Change how many units of its option an open bundle holds",
    input: ResizeBundle.mapFields(Struct.omit(["_tag"])),
    answer: holds,
    refusals: [
      "BundleNotFound",
      "ReservationExpired",
      "ReservationConflict",
      "QuantityOutOfHold",
      "InsufficientStock"
    ]
  },
  extendBundle: {
    command: "ExtendBundle",
    permission: ofHolds.writeOwn,
    summary: "Give a pending bundle more time, from now",
    input: ExtendBundle.mapFields(Struct.omit(["_tag"])),
    answer: holds,
    refusals: ["BundleNotFound", "ReservationExpired", "ReservationConflict"]
  },
  placeOrder: {
    command: "PlaceOrder",
    permission: ofHolds.writeOwn,
    summary: "Hold every line of a new order, or reject it; answered the same again",
    input: PlaceOrder.mapFields(Struct.omit(["_tag"])),
    answer: OrderState,
    refusals: [
      "KeyRingMissing",
      "UnknownOption",
      "OptionNotForSale",
      "SkuNotFound",
      "LocationNotFound",
      "OrderNotFound",
      "SkuArchived",
      "LocationUnavailable",
      "OrderTooLarge",
      "OrderAlreadyConfirmed"
    ]
  },
  payOrder: {
    command: "PayOrder",
    permission: ofHolds.settle,
    summary: "A placed order is paid: confirm its lines, or say that the payment came too late",
    input: PayOrder.mapFields(Struct.omit(["_tag"])),
    answer: OrderState,
    refusals: ["OrderNotPlaced", "OrderTooLarge", "OrderConflict", "ReservationConflict"]
  },
  cancelOrder: {
    command: "CancelOrder",
    permission: ofHolds.writeOwn,
    summary: "A placed order is off, paid or not: release its lines",
    input: CancelOrder.mapFields(Struct.omit(["_tag"])),
    answer: OrderState,
    refusals: ["OrderNotPlaced", "OrderTooLarge", "OrderConflict"]
  },
  completeOrder: {
    command: "CompleteOrder",
    permission: ofHolds.settle,
    summary: "The goods of a confirmed, placed order leave, all of them or none",
    input: CompleteOrder.mapFields(Struct.omit(["_tag"])),
    answer: OrderState,
    refusals: [
      "OrderNotPlaced",
      "OrderTooLarge",
      "OrderConflict",
      "OrderNotConfirmed",
      "ReservationExpired",
      "InsufficientOnHand"
    ]
  },
  claimOrder: {
    command: "ClaimOrder",
    permission: ofHolds.claim,
    summary: "Make the order of a cart one's own, with its holds; answered the same again",
    input: ClaimOrder.mapFields(Struct.omit(["_tag"])),
    answer: holds,
    refusals: ["OrderNotFound"]
  }
} as const satisfies {
  readonly [name: string]: {
    readonly command: CommandTag
    readonly permission: Permission
    readonly summary: string
    readonly input: Schema.Top
    readonly answer: Schema.Top
    readonly refusals: ReadonlyArray<RefusalTag>
  }
}

/** The name of an operation that changes something. */
export type CommandName = keyof typeof commandOperations
