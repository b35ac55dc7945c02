import { describe, expect, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { foldBatch } from "../../../src/inventory/batch/foldBatch.ts"
import {
  type CommandTag,
  InventoryCommand
} from "../../../src/inventory/messages/InventoryCommand.ts"
import {
  InventoryRefusal,
  type RefusalTag
} from "../../../src/inventory/messages/InventoryError.ts"
import { canRefuse, refusalsOf } from "../../../src/inventory/messages/operations.ts"
import type { SkuCommand } from "../../../src/inventory/messages/SkuCommand.ts"
import { readCommand } from "../../../src/inventory/services/readCommand.ts"
import { OrderId } from "../../../src/kernel/Identifier.ts"
import { balanceMax } from "../../../src/kernel/Quantity.ts"
import { refusalsOfAny } from "../../../src/kernel/refusals.ts"
import { mustBeInRow } from "../../../src/testing/contract/heldToTable.ts"
import { type GivenStock, given } from "../../../src/testing/given.ts"
import {
  adjust,
  archive,
  bulk,
  cancelOrder,
  change,
  claimOrder,
  completeOrder,
  confirm,
  confirmOrder,
  count,
  extend,
  extendBundle,
  fulfil,
  fulfilOrder,
  giveBack,
  held,
  line,
  nobody,
  payOrder,
  place,
  placeOrder,
  receive,
  register,
  release,
  releaseBundle,
  releaseOrder,
  replace,
  reserve,
  resize,
  resizeBundle,
  ship,
  tea,
  teas,
  tooLarge,
  transfer,
  unarchive,
  update,
  withBundle,
  withHold
} from "../decide/words.ts"

/** What the catalog, or a key ring that is missing, says before a command is decided. */
const beforeDeciding: ReadonlySet<RefusalTag> = new Set([
  "KeyRingMissing",
  "UnknownOption",
  "OptionNotForSale"
])

/** What the order of somebody else is answered with: see the contract of owners. */
const ofOwners: ReadonlySet<string> = new Set([
  "ReserveStock OrderNotFound",
  "PlaceOrder OrderNotFound"
])

type Situation = readonly [stock: GivenStock, command: SkuCommand]
type Asks = (command: SkuCommand) => () => Situation

/** Five teas, an archived SKU, a closed place, and as much salt as there can be. */
const world = (): GivenStock => {
  const stock = given().and(
    place("shut", { active: false }),
    register("tea", 5),
    register("old"),
    archive("old"),
    register("salt")
  )
  const { levels, ...rest } = stock.stock("salt")
  const full = levels.map((level) => ({ ...level, totalQuantity: balanceMax }))
  stock.rows.stocks.set("salt", { ...rest, levels: full })
  return stock
}

const inWorld: Asks = (command) => () => [world(), command]

/** A placed order of two of two teas, and what came before the command. */
const placed = (then: ReadonlyArray<SkuCommand>, command: SkuCommand) => (): Situation => [
  tea(2).and(placeOrder("o", line("tea", 2)), ...then),
  command
]

/** A movement under a reference that is for one booking, after another one. */
const twice =
  (make: (once: { reference: string; onceOnly: true }) => SkuCommand) => (): Situation => {
    const command = make({ reference: "DN-1", onceOnly: true })
    return [tea(9).and(place("shop"), command), command]
  }

const at = (locationId: string) => ({ locationId })
const again = { reacquire: true }
const outOfUse = [ship("tea", 2), archive("tea")]
const sold = [ship("tea", 2), update("tea", { backorderLimit: 0 })]

/** Every refusal of every row that was seen. */
const seen: { readonly [Tag in CommandTag]: Partial<Record<RefusalTag, () => Situation>> } = {
  RegisterSku: {
    LocationNotFound: inWorld(register("new", 1, at("x"))),
    IdTaken: inWorld(register("tea")),
    SkuCodeTaken: inWorld(register("new", 0, { code: "TEA" })),
    LocationUnavailable: inWorld(register("new", 1, at("shut")))
  },
  UpdateSku: {
    SkuNotFound: inWorld(update("x", {})),
    SkuCodeTaken: inWorld(update("salt", { code: "TEA" })),
    SkuArchived: inWorld(update("old", { name: "Older" }))
  },
  ArchiveSku: { SkuNotFound: inWorld(archive("x")), SkuNotEmpty: inWorld(archive("tea")) },
  UnarchiveSku: {
    SkuNotFound: inWorld(unarchive("x")),
    SkuCodeTaken: () => [world().and(register("new", 0, { code: "OLD" })), unarchive("old")]
  },
  RegisterLocation: {
    IdTaken: inWorld(place("shut")),
    DefaultLocationRequired: inWorld(place("new", { isDefault: true, sellable: false }))
  },
  UpdateLocation: {
    LocationNotFound: inWorld(change("x", {})),
    DefaultLocationRequired: inWorld(change("default", { active: false }))
  },
  ReceiveStock: {
    ReferenceTaken: twice((once) => ({ ...receive("tea", 1), ...once })),
    SkuNotFound: inWorld(receive("x", 1)),
    LocationNotFound: inWorld(receive("tea", 1, "x")),
    SkuArchived: inWorld(receive("old", 1)),
    LocationUnavailable: inWorld(receive("tea", 1, "shut")),
    BalanceOutOfRange: inWorld(receive("salt", 1))
  },
  ShipStock: {
    ReferenceTaken: twice((once) => ship("tea", 1, once)),
    SkuNotFound: inWorld(ship("x", 1)),
    LocationNotFound: inWorld(ship("tea", 1, at("x"))),
    SkuArchived: inWorld(ship("old", 1)),
    InsufficientOnHand: inWorld(ship("tea", 6))
  },
  ReturnStock: {
    ReferenceTaken: twice((once) => giveBack("tea", 1, once)),
    SkuNotFound: inWorld(giveBack("x", 1)),
    LocationNotFound: inWorld(giveBack("tea", 1, at("x"))),
    SkuArchived: inWorld(giveBack("old", 1)),
    LocationUnavailable: inWorld(giveBack("tea", 1, at("shut"))),
    ReturnExceedsOrder: inWorld(giveBack("tea", 1, { orderId: "o" })),
    BalanceOutOfRange: inWorld(giveBack("salt", 1))
  },
  AdjustStock: {
    ReferenceTaken: twice((once) => adjust("tea", 1, once)),
    SkuNotFound: inWorld(adjust("x", 1)),
    LocationNotFound: inWorld(adjust("tea", 1, at("x"))),
    SkuArchived: inWorld(adjust("old", 1)),
    LocationUnavailable: inWorld(adjust("tea", 1, at("shut"))),
    InsufficientOnHand: inWorld(adjust("tea", -6)),
    PromisesInTheWay: withHold("PENDING", () => adjust("tea", -2), [
      update("tea", { backorderLimit: 0 })
    ]),
    BalanceOutOfRange: inWorld(adjust("salt", 1))
  },
  CountStock: {
    ReferenceTaken: twice((once) => count("tea", 2, once)),
    SkuNotFound: inWorld(count("x", 1)),
    LocationNotFound: inWorld(count("tea", 1, at("x"))),
    SkuArchived: inWorld(count("old", 1)),
    LocationUnavailable: inWorld(count("tea", 1, at("shut"))),
    StaleExpectation: inWorld(count("tea", 1, { expectedQuantity: 4 })),
    PromisesInTheWay: withHold("PENDING", () => count("tea", 0), [
      update("tea", { backorderLimit: 0 })
    ]),
    BalanceOutOfRange: () => [world().and(place("east")), count("salt", 1, at("east"))]
  },
  ChangeStock: {
    LinesRefused: inWorld(
      bulk({ allOrNothing: true }, { type: "RECEIPT", skuId: "x", quantity: 1 })
    )
  },
  TransferStock: {
    ReferenceTaken: twice((once) => ({ ...transfer("tea", 1, "default", "shop"), ...once })),
    SkuNotFound: inWorld(transfer("x", 1, "default", "shut")),
    LocationNotFound: inWorld(transfer("tea", 1, "default", "x")),
    SkuArchived: inWorld(transfer("old", 1, "default", "shut")),
    LocationUnavailable: inWorld(transfer("tea", 1, "default", "shut")),
    InsufficientOnHand: () => [world().and(place("east")), transfer("tea", 6, "default", "east")]
  },
  ReserveStock: {
    SkuNotFound: inWorld(reserve("o", line("x", 1))),
    LocationNotFound: inWorld(reserve("o", line("tea", 1, at("x")))),
    IdTaken: withHold("PENDING", ({ id }) => reserve("o", line("tea", 1, { reservationId: id }))),
    SkuArchived: inWorld(reserve("o", line("old", 1))),
    LocationUnavailable: inWorld(reserve("o", line("tea", 1, at("shut")))),
    OrderTooLarge: () => [
      tea(2_001).and(reserve("o", ...teas(2_000))),
      reserve("o", line("tea", 1))
    ],
    OrderAlreadyConfirmed: withHold("CONFIRMED", () => replace("o", line("tea", 1))),
    InsufficientStock: inWorld(reserve("o", line("tea", 6)))
  },
  ConfirmReservation: {
    ReservationNotFound: inWorld(confirm(nobody)),
    SkuArchived: withHold("LAPSED", (hold) => confirm(hold, again), outOfUse),
    BundleLine: withBundle("LAPSED", ([first]) => confirm(first, again)),
    ReservationExpired: withHold("LAPSED", (hold) => confirm(hold)),
    ReservationConflict: withHold("FULFILLED", (hold) => confirm(hold)),
    InsufficientStock: withHold("LAPSED", (hold) => confirm(hold, again), sold)
  },
  ReleaseReservation: {
    ReservationNotFound: inWorld(release(nobody)),
    BundleLine: withBundle("PENDING", ([first]) => release(first)),
    ReservationConflict: withHold("FULFILLED", (hold) => release(hold))
  },
  FulfilReservation: {
    ReservationNotFound: inWorld(fulfil(nobody)),
    ReservationExpired: withHold("LAPSED", (hold) => fulfil(hold)),
    ReservationConflict: withHold("PENDING", (hold) => fulfil(hold)),
    QuantityOutOfHold: withHold("CONFIRMED", (hold) => fulfil(hold, 3)),
    InsufficientOnHand: withHold("CONFIRMED", (hold) => fulfil(hold))
  },
  ResizeReservation: {
    ReservationNotFound: inWorld(resize(nobody, 1)),
    BundleLine: withBundle("PENDING", ([first]) => resize(first, 3)),
    ReservationExpired: withHold("LAPSED", (hold) => resize(hold, 1)),
    ReservationConflict: withHold("FULFILLED", (hold) => resize(hold, 1)),
    QuantityOutOfHold: () => {
      const stock = world()
      const hold = held(stock, reserve("o", line("tea", 3)))
      return [stock.and(confirm(hold), fulfil(hold, 2)), resize(hold, 1)]
    },
    InsufficientStock: withHold("PENDING", (hold) => resize(hold, 99))
  },
  ExtendReservation: {
    ReservationNotFound: inWorld(extend(nobody)),
    BundleLine: withBundle("PENDING", ([first]) => extend(first)),
    ReservationExpired: withHold("LAPSED", (hold) => extend(hold)),
    ReservationConflict: withHold("CONFIRMED", (hold) => extend(hold))
  },
  ConfirmOrder: {
    OrderNotFound: inWorld(confirmOrder("x")),
    SkuArchived: withHold("LAPSED", () => confirmOrder("o", again), outOfUse),
    OrderTooLarge: () => [tooLarge(), confirmOrder("o")],
    ReservationExpired: withHold("LAPSED", () => confirmOrder("o")),
    ReservationConflict: withHold("RELEASED", () => confirmOrder("o")),
    InsufficientStock: withHold("LAPSED", () => confirmOrder("o", again), sold)
  },
  ReleaseOrder: {
    OrderNotFound: inWorld(releaseOrder("x")),
    OrderTooLarge: () => [tooLarge(), releaseOrder("o")],
    ReservationConflict: withHold("CONFIRMED", () => releaseOrder("o"))
  },
  FulfilOrder: {
    OrderNotFound: inWorld(fulfilOrder("x")),
    OrderTooLarge: () => [tooLarge(), fulfilOrder("o")],
    OrderNotConfirmed: withHold("PENDING", () => fulfilOrder("o")),
    InsufficientOnHand: withHold("CONFIRMED", () => fulfilOrder("o"))
  },
  PlaceOrder: {
    SkuNotFound: inWorld(placeOrder("o", line("x", 1))),
    LocationNotFound: inWorld(placeOrder("o", line("tea", 1, at("x")))),
    SkuArchived: inWorld(placeOrder("o", line("old", 1))),
    LocationUnavailable: inWorld(placeOrder("o", line("tea", 1, at("shut")))),
    OrderTooLarge: () => [tooLarge({ isPlaced: false }), placeOrder("o", line("tea", 1))],
    OrderAlreadyConfirmed: withHold("CONFIRMED", () => placeOrder("o", line("tea", 1)))
  },
  PayOrder: {
    OrderNotPlaced: withHold("PENDING", () => payOrder("o")),
    OrderTooLarge: () => [tooLarge(), payOrder("o")],
    OrderConflict: placed([cancelOrder("o")], payOrder("o")),
    ReservationConflict: placed([releaseOrder("o")], payOrder("o"))
  },
  CancelOrder: {
    OrderNotPlaced: inWorld(cancelOrder("o")),
    OrderTooLarge: () => [tooLarge(), cancelOrder("o")],
    OrderConflict: placed([payOrder("o"), completeOrder("o")], cancelOrder("o"))
  },
  ClaimOrder: { OrderNotFound: placed([], claimOrder("o")) },
  CompleteOrder: {
    OrderNotPlaced: inWorld(completeOrder("o")),
    OrderTooLarge: () => [tooLarge(), completeOrder("o")],
    OrderConflict: placed([cancelOrder("o")], completeOrder("o")),
    OrderNotConfirmed: placed([], completeOrder("o")),
    ReservationExpired: placed(
      [payOrder("o"), count("tea", 0, { onShortfall: "RELEASE_NEWEST", includeConfirmed: true })],
      completeOrder("o")
    ),
    InsufficientOnHand: placed(
      [payOrder("o"), count("tea", 1, { onShortfall: "ACCEPT" })],
      completeOrder("o")
    )
  },
  ReleaseBundle: {
    BundleNotFound: inWorld(releaseBundle({ orderId: OrderId.make("x") })),
    ReservationConflict: withBundle("CONFIRMED", ([first]) => releaseBundle(first))
  },
  ResizeBundle: {
    BundleNotFound: inWorld(resizeBundle({ orderId: OrderId.make("x") }, 2)),
    ReservationExpired: withBundle("LAPSED", ([first]) => resizeBundle(first, 2)),
    ReservationConflict: withBundle("RELEASED", ([first]) => resizeBundle(first, 2)),
    QuantityOutOfHold: withBundle("PARTLY", ([first]) => resizeBundle(first, 1)),
    InsufficientStock: withBundle("PENDING", ([first]) => resizeBundle(first, 9))
  },
  ExtendBundle: {
    BundleNotFound: inWorld(extendBundle({ orderId: OrderId.make("x") }, 60)),
    ReservationExpired: withBundle("LAPSED", ([first]) => extendBundle(first, 60)),
    ReservationConflict: withBundle("CONFIRMED", ([first]) => extendBundle(first, 60))
  },
  BreakBundle: {},
  ExpireReservations: {}
}

const tags = InventoryCommand.members.map((schema) => schema.fields._tag.schema.literal)
const order = InventoryRefusal.members.map((schema) => schema.fields._tag.schema.literal)

describe("B4 the table of refusals", () => {
  for (const tag of tags) {
    it(`has for ${tag} what is seen, in the order of precedence`, () => {
      const row: ReadonlyArray<RefusalTag> = refusalsOf[tag]
      expect(Object.keys(seen[tag])).toEqual(
        row.filter((refusal) => !beforeDeciding.has(refusal) && !ofOwners.has(`${tag} ${refusal}`))
      )
      expect(row.toSorted((a, b) => order.indexOf(a) - order.indexOf(b))).toEqual(row)
      for (const [refusal, situation] of Object.entries(seen[tag])) {
        const [stock, command] = situation()
        expect(command._tag).toBe(tag)
        expect([refusal, stock.refuses(command)._tag]).toEqual([refusal, refusal])
      }
    })
  }

  it("has beside them the refusals of any command", () => {
    expect(refusalsOfAny).toEqual([
      "Unauthenticated",
      "Forbidden",
      "InvalidInput",
      "IdempotencyMismatch"
    ])
    for (const tag of tags) {
      const read = readCommand({ _tag: tag, surprise: 1 })
      expect(Result.isFailure(read) && read.failure._tag).toBe("InvalidInput")
      const stock = given()
      const key = { caller: "", key: "k", fingerprint: "this" }
      const receipts = [{ ...key, fingerprint: "another", answer: "{}", answerVersion: 1 }]
      const command = { _tag: tag } as unknown as SkuCommand
      const request = { command, key, origin: stock.nextOrigin() }
      const { answer } = foldBatch({ ...stock.loaded(), receipts }, [request])
      expect(answer).toMatchObject([{ refusal: { _tag: "IdempotencyMismatch" } }])
    }
  })

  it("has every refusal of every decision in the tests", () => {
    expect(canRefuse("ShipStock", "InsufficientOnHand")).toBe(true)
    expect(() =>
      mustBeInRow("ShipStock", { _tag: "OrderNotFound", orderId: OrderId.make("o") })
    ).toThrow("ShipStock was refused with OrderNotFound")
  })
})
