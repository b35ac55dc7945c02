/** What a batch of commands touches, and the weight and the lane of each command. */
import { isPlainUser } from "../../access/authorize.ts"
import { isCartId, ownsOrders } from "../../access/Principal.ts"
import type { Request } from "../../engine/Request.ts"
import {
  type BundleId,
  hashOf,
  type LocationId,
  type OrderId,
  type ReservationId,
  type SkuId,
  skuIdOf,
  wayOfReservation,
  wayOfSku
} from "../../kernel/Identifier.ts"
import type { StoreError } from "../../kernel/StoreError.ts"
import type { CommandOf } from "../messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../messages/InventoryError.ts"
import { type Once, onceOf, type StockLine } from "../messages/MovementCommands.ts"
import type { SkuCommand, SkuCommandOf } from "../messages/SkuCommand.ts"
import type { LockedStock, Obstacle, StockScope } from "../ports/StockStore.ts"

/** A command of the inventory on its way. */
export interface StockRequest extends Request<SkuCommand> {
  /**
   * Why the options of its lines could not be taken for SKUs. It is the outcome, unless an earlier
   * request with its key was answered, or its order was placed before.
   */
  readonly unmapped?: InventoryRefusal | StoreError
  /** Whether the order has grown so far that its lines are counted before more are added. */
  readonly isOrderCounted?: boolean
  /** What it says of the customer of its order, encrypted. */
  readonly customer?: string
}

/** Whether a command decides on all holds of its order at once. */
const wholeOrderOf = (command: SkuCommand): OrderId | undefined => {
  switch (command._tag) {
    case "ConfirmOrder":
    case "ReleaseOrder":
    case "FulfilOrder":
    case "PlaceOrder":
    case "PayOrder":
    case "CancelOrder":
    case "CompleteOrder":
    case "ClaimOrder":
      return command.orderId
    case "ReserveStock":
      return command.replace === true ? command.orderId : undefined
    default:
      return undefined
  }
}

/** Whether a line may lower a total below what is promised, and has to name or take back holds. */
const mayTakeBack = (line: StockLine): boolean =>
  line.type === "COUNT"
    ? line.onShortfall !== "ACCEPT"
    : line.type === "ADJUSTMENT" && line.quantity < 0 && line.onShortfall !== "ACCEPT"

type Booking = StockScope["onceOnly"][number]

/** The booking to look for, if there is a reference. */
const bookingOf = (
  { reference, type }: Pick<Once, "reference" | "type">,
  sku: Pick<Booking, "skuId" | "code">
): ReadonlyArray<Booking> => (typeof reference === "string" ? [{ ...sku, reference, type }] : [])

/** The parts of a scope that the lines of a bulk request name. */
interface LinesScope {
  readonly locationIds: Set<LocationId>
  readonly skuIds: Set<SkuId>
  readonly skuCodes: Set<string>
  readonly openHoldsOf: Set<SkuId>
  readonly openHoldsOfCodes: Set<string>
  readonly onceOnly: Array<Booking>
}

const addLines = (scope: LinesScope, request: CommandOf<"ChangeStock">): void => {
  for (const line of request.lines) {
    if (line.type === "UNREADABLE") continue
    const { code, locationId, skuId } = line
    if (locationId !== undefined) scope.locationIds.add(locationId)
    if (skuId !== undefined) scope.skuIds.add(skuId)
    if (code !== undefined) scope.skuCodes.add(code)
    if ((line.onceOnly ?? request.onceOnly) === true) {
      const reference = line.reference === undefined ? request.reference : line.reference
      const type = line.type === "RECEIPT" ? line.type : "ADJUSTMENT"
      const sku = { skuId: skuId ?? null, code: code ?? null }
      scope.onceOnly.push(...bookingOf({ reference, type }, sku))
    }
    if (!mayTakeBack(line)) continue
    if (skuId !== undefined) scope.openHoldsOf.add(skuId)
    if (code !== undefined) scope.openHoldsOfCodes.add(code)
  }
}

/**
 * Adds what the lines of a batch look for by a code to the SKUs that may get the code in the batch:
 * the store does not find them by the code yet. Which code an archived SKU has, only the store knows.
 */
const addRecoded = (scope: LinesScope, requests: ReadonlyArray<StockRequest>): void => {
  const byCode = scope.onceOnly.filter((booking) => booking.code !== null)
  for (const { command } of requests) {
    const isUnarchived = command._tag === "UnarchiveSku"
    if (!isUnarchived && command._tag !== "UpdateSku") continue
    const { skuId } = command
    const gets = (code: string | null) => isUnarchived || code === command.code
    const bookings = byCode.filter(({ code }) => gets(code))
    scope.onceOnly.push(...bookings.map((booking) => ({ ...booking, skuId, code: null })))
    if ([...scope.openHoldsOfCodes].some(gets)) scope.openHoldsOf.add(skuId)
  }
}

/**
 * Whether new holds belong to whom their order belongs to: those that persons and guests make, and those of a
 * cart that a host names, whose order may be claimed at this moment. Other services and hosts pay nothing.
 */
const followsOwner = ({ command, principal }: StockRequest): boolean =>
  makesHolds(command) &&
  ((principal !== undefined && ownsOrders(principal)) ||
    (command.ownerId !== undefined && isCartId(command.ownerId)))

/**
 * The orders whose owner decides on new holds. The first hold makes an order somebody's, so it is locked: two
 * first holds of different SKUs share no other lock.
 */
const ordersOfOwners = (requests: ReadonlyArray<StockRequest>): Set<OrderId> => {
  const orderIds = new Set<OrderId>()
  for (const request of requests) {
    const { command } = request
    if (command._tag === "ReserveStock" && followsOwner(request)) orderIds.add(command.orderId)
  }
  return orderIds
}

/** What has to be known of owners, of which a service and a host ask nothing. */
const ownersIn = (
  requests: ReadonlyArray<StockRequest>
): Pick<StockScope, "ownersOf" | "ownersOfHolds"> => {
  const ownersOf = new Set<OrderId>()
  const ownersOfHolds = new Set<ReservationId>()
  for (const request of requests) {
    const { command, principal } = request
    if (command._tag === "ClaimOrder") {
      ownersOf.add(command.orderId)
      continue
    }
    if (makesHolds(command)) {
      if (followsOwner(request)) ownersOf.add(command.orderId)
      continue
    }
    if (principal === undefined || !isPlainUser(principal)) continue
    if ("reservationId" in command) ownersOfHolds.add(command.reservationId)
    else if ("orderId" in command && command.orderId !== undefined) ownersOf.add(command.orderId)
  }
  return ownersOf.size + ownersOfHolds.size === 0
    ? noOwners
    : { ownersOf: [...ownersOf], ownersOfHolds: [...ownersOfHolds] }
}

const noOwners = { ownersOf: [], ownersOfHolds: [] }

/** Whether a command makes the first holds of an order, if it has none. */
const makesHolds = (command: SkuCommand): command is SkuCommandOf<"ReserveStock" | "PlaceOrder"> =>
  command._tag === "ReserveStock" || command._tag === "PlaceOrder"

/** The idempotency keys of requests. */
const keysOf = (requests: ReadonlyArray<StockRequest>): StockScope["keys"] =>
  requests.flatMap(({ key }) => (key === null ? [] : [{ caller: key.caller, key: key.key }]))

/** The scope of a batch. */
export const scopeOf = (batchId: string, requests: ReadonlyArray<StockRequest>): StockScope => {
  const skuIds = new Set<SkuId>()
  const reservationIds = new Set<ReservationId>()
  const orderIds = new Set<OrderId>()
  const countedOrderIds = new Set<OrderId>()
  const placedOrderIds = new Set<OrderId>()
  const locationIds = new Set<LocationId>()
  const codes = new Set<string>()
  const codesOf = new Set<SkuId>()
  const openHoldsOf = new Set<SkuId>()
  const skuCodes = new Set<string>()
  const openHoldsOfCodes = new Set<string>()
  const onceOnly: Array<StockScope["onceOnly"][number]> = []
  const returnsOf: Array<StockScope["returnsOf"][number]> = []
  const lockedOrderIds = ordersOfOwners(requests)
  const bundleIds = new Set<BundleId>()
  const named = { locationIds, skuIds, skuCodes, openHoldsOf, openHoldsOfCodes, onceOnly }
  let changesLocations = false
  for (const { command, isOrderCounted, origin } of requests) {
    if ("skuId" in command && command.skuId !== undefined) skuIds.add(command.skuId)
    else if (command._tag === "RegisterSku") skuIds.add(skuIdOf(origin.commandId))
    if ("locationId" in command && command.locationId !== undefined) {
      locationIds.add(command.locationId)
    }
    if ("code" in command && command.code !== undefined) codes.add(command.code)
    if (command._tag === "UnarchiveSku") codesOf.add(command.skuId)
    if ("reservationId" in command) reservationIds.add(command.reservationId)
    if ("bundleId" in command) {
      bundleIds.add(command.bundleId)
      lockedOrderIds.add(command.orderId)
    }
    const orderId = wholeOrderOf(command)
    if (orderId !== undefined) orderIds.add(orderId)
    else if (isOrderCounted === true && "orderId" in command) countedOrderIds.add(command.orderId)
    const once = onceOf(command)
    if (once !== undefined) onceOnly.push(...bookingOf(once, { skuId: once.skuId, code: null }))
    switch (command._tag) {
      case "ReserveStock":
        for (const line of command.lines) {
          skuIds.add(line.skuId)
          if (line.locationId !== undefined) locationIds.add(line.locationId)
          if (line.reservationId !== undefined) reservationIds.add(line.reservationId)
          // A decision about the whole order must see all holds of a bundle, or none.
          if (line.option !== undefined) lockedOrderIds.add(command.orderId)
        }
        break
      case "PlaceOrder":
        placedOrderIds.add(command.orderId)
        for (const line of command.lines) {
          skuIds.add(line.skuId)
          if (line.locationId !== undefined) locationIds.add(line.locationId)
        }
        break
      case "PayOrder":
      case "CancelOrder":
      case "CompleteOrder":
      case "ClaimOrder":
        placedOrderIds.add(command.orderId)
        break
      case "TransferStock":
        locationIds.add(command.fromLocationId)
        locationIds.add(command.toLocationId)
        break
      case "ReturnStock":
        if (command.orderId !== undefined) {
          returnsOf.push({ orderId: command.orderId, skuId: command.skuId })
        }
        break
      case "AdjustStock":
      case "CountStock":
        openHoldsOf.add(command.skuId)
        break
      case "ChangeStock":
        addLines(named, command)
        break
      case "ExpireReservations":
        for (const id of command.reservationIds) reservationIds.add(id)
        break
      case "RegisterLocation":
      case "UpdateLocation":
        changesLocations = true
        break
    }
  }
  if (skuCodes.size > 0) addRecoded(named, requests)
  const ordersAsWhole = [...orderIds]
  return {
    batchId,
    skuIds: [...skuIds],
    reservationIds: [...reservationIds],
    bundleIds: [...bundleIds],
    orderIds: ordersAsWhole,
    lockedOrderIds:
      lockedOrderIds.size === 0 ? ordersAsWhole : [...new Set([...orderIds, ...lockedOrderIds])],
    countedOrderIds: [...countedOrderIds],
    placedOrderIds: [...placedOrderIds],
    locationIds: [...locationIds],
    changesLocations,
    codes: [...codes],
    skuCodes: [...skuCodes],
    codesOf: [...codesOf],
    openHoldsOf: [...openHoldsOf],
    openHoldsOfCodes: [...openHoldsOfCodes],
    onceOnly,
    returnsOf,
    ...ownersIn(requests),
    keys: keysOf(requests)
  }
}

/** The lock of others that keeps a command from being decided, if there is one. */
export const obstacleOf = (request: StockRequest, locked: LockedStock): Obstacle | undefined => {
  const scope = scopeOf("", [request])
  if (locked.locations && scope.changesLocations) return { _tag: "Locations" }
  for (const orderId of scope.lockedOrderIds) {
    const obstacle = locked.orders.get(orderId)
    if (obstacle !== undefined) return obstacle
  }
  const skuId =
    scope.skuIds.find((id) => locked.skuIds.has(id)) ??
    scope.skuCodes.flatMap((code) => locked.skuCodes.get(code) ?? [])[0] ??
    [...scope.reservationIds, ...scope.bundleIds].flatMap(
      (id) => locked.reservations.get(id) ?? []
    )[0]
  return skuId === undefined ? undefined : { _tag: "Sku", skuId }
}

/** The name of an obstacle, which is the same for every command that touches it. */
export const nameOfObstacle = (obstacle: Obstacle): string => {
  switch (obstacle._tag) {
    case "Sku":
      return `sku ${obstacle.skuId}`
    case "Order":
      return `order ${obstacle.orderId}`
    case "Locations":
      return "locations"
  }
}

/** The names, SKUs and keys aside, by which later commands queue behind a waiting command. */
export const claimsOf = (request: StockRequest): ReadonlyArray<string> => {
  const { changesLocations, reservationIds } = scopeOf("", [request])
  const { command } = request
  return [
    // The sweeper only expires lapsed holds, so no command queues behind it.
    ...(command._tag === "ExpireReservations"
      ? []
      : reservationIds.map((id) => `reservation ${id}`)),
    ...("orderId" in command ? [`order ${command.orderId}`] : []),
    ...(changesLocations ? ["locations"] : [])
  ]
}

/** All names that a command touches. */
export const touchesOf = (request: StockRequest): ReadonlyArray<string> => [
  ...scopeOf("", [request]).skuIds.map((skuId) => nameOfObstacle({ _tag: "Sku", skuId })),
  ...claimsOf(request)
]

/**
 * The weight of a decision about a whole order, whose number of lines is not known in advance. Most
 * orders have a few lines, and one may have 2,000: at most 50 such decisions, and so 100,000 lines,
 * share a batch of 1,000.
 */
const wholeOrderWeight = 20

/** How many lines a command stands for in the bounds of a batch. */
export const weightOf = (command: SkuCommand): number => {
  switch (command._tag) {
    case "ReserveStock":
      return command.replace === true
        ? Math.max(wholeOrderWeight, command.lines.length)
        : command.lines.length
    case "ConfirmOrder":
    case "ReleaseOrder":
    case "FulfilOrder":
    case "PayOrder":
    case "CancelOrder":
    case "CompleteOrder":
    case "ClaimOrder":
    case "ReleaseBundle":
    case "ResizeBundle":
    case "ExtendBundle":
    case "BreakBundle":
      return wholeOrderWeight
    case "PlaceOrder":
      return Math.max(wholeOrderWeight, command.lines.length)
    case "ChangeStock":
      return command.lines.length
    case "ExpireReservations":
      return command.reservationIds.length
    default:
      return 1
  }
}

/**
 * The lane of a command. Commands for one SKU meet in one lane, and so do commands by reservation,
 * because the id of a reservation tells the way of its SKU. Only speed depends on it.
 */
export const laneOf = (command: SkuCommand): number => {
  const named = "lines" in command ? command.lines[0] : command
  if (named !== undefined && "skuId" in named && named.skuId !== undefined) {
    return wayOfSku(named.skuId)
  }
  if ("reservationId" in command) return wayOfReservation(command.reservationId)
  if ("bundleId" in command) return wayOfReservation(command.bundleId)
  if ("orderId" in command) return hashOf(command.orderId)
  return 0
}
