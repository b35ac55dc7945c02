/**
 * A second, naive inventory to compare the engine with. For every command it predicts whether the
 * command is accepted or how it is refused, where each line goes, and every figure afterwards. It
 * is written from the rules in words: no events, no drafts, no books, and no rows that still count
 * lapsed holds. A command runs on a copy, and a refused command's copy is thrown away.
 */
import type * as DateTime from "effect/DateTime"
import type { CommandOf } from "../../inventory/messages/InventoryCommand.ts"
import type { InventoryRefusal } from "../../inventory/messages/InventoryError.ts"
import type { SkuCommand } from "../../inventory/messages/SkuCommand.ts"
import { defaultLocationId } from "../../inventory/state/Location.ts"
import { type CommandId, type ReservationId, skuIdOf } from "../../kernel/Identifier.ts"
import { type ModelHold, type ModelPlace, type ModelSku, ModelStock, noId } from "./ModelStock.ts"
import { takeLines } from "./modelBulk.ts"
import { changeBundle } from "./modelBundles.ts"
import { liveOn, liveOnTogether } from "./modelHolds.ts"
import { closed, moveGoods, type Predicted } from "./modelMovements.ts"
import { claim, dealWithOrder } from "./modelOrders.ts"
import { reserve } from "./modelReserve.ts"

/** The model's prediction for one command. */
export type Prediction =
  | { readonly _tag: "Refused"; readonly refusal: InventoryRefusal }
  | {
      readonly _tag: "Accepted"
      /** The holds that the answer should have. A hold with a new id has an empty one. */
      readonly holds: ReadonlyArray<ModelHold>
      /** The lines of a bulk request that should be refused. */
      readonly refused: ReadonlyArray<{ readonly line: number; readonly refusal: InventoryRefusal }>
      readonly after: ModelStock
    }

/** The naive inventory. */
export class ReferenceModel {
  stock: ModelStock

  constructor() {
    this.stock = new ModelStock()
    this.stock.places.set(defaultLocationId, {
      id: defaultLocationId,
      priority: 100,
      isDefault: true,
      sellable: true,
      active: true
    })
  }

  /**
   * Predicts the outcome of a command now. `commandId` is the id of a SKU that is registered
   * without one.
   */
  predict(command: SkuCommand, now: DateTime.Utc, commandId: CommandId): Prediction {
    const after = new ModelStock(this.stock).lapse(now.epochMilliseconds)
    const prediction = predicted(after, command, now.epochMilliseconds, commandId)
    return "refusal" in prediction
      ? { _tag: "Refused", refusal: prediction.refusal }
      : { _tag: "Accepted", holds: prediction.holds, refused: prediction.refused ?? [], after }
  }

  /** Goes on from an accepted command. New holds get the ids that the engine chose. */
  accept(
    { after, holds }: Extract<Prediction, { _tag: "Accepted" }>,
    ids: ReadonlyArray<ReservationId>
  ) {
    for (const [index, hold] of holds.entries()) {
      const id = ids[index]
      if (hold.id === noId && id !== undefined) after.put(hold, { id })
    }
    this.stock = after
  }
}

const predicted = (
  stock: ModelStock,
  command: SkuCommand,
  now: number,
  commandId: CommandId
): Predicted => {
  switch (command._tag) {
    case "RegisterSku":
      return registerSku(stock, command, commandId)
    case "UpdateSku":
      return updateSku(stock, command)
    case "ArchiveSku":
      return archiveSku(stock, command)
    case "UnarchiveSku":
      return unarchiveSku(stock, command)
    case "RegisterLocation":
      return stock.places.has(command.locationId)
        ? { refusal: { _tag: "IdTaken", kind: "location", id: command.locationId } }
        : placeBecomes(stock, {
            id: command.locationId,
            priority: command.priority ?? 100,
            isDefault: command.isDefault ?? false,
            sellable: command.sellable ?? true,
            active: command.active ?? true
          })
    case "UpdateLocation":
      return updateLocation(stock, command)
    case "ReserveStock":
      return reserve(stock, command, now)
    case "ConfirmOrder":
    case "ReleaseOrder":
    case "FulfilOrder":
      return liveOnTogether(stock, command, now)
    case "PlaceOrder":
    case "PayOrder":
    case "CancelOrder":
    case "CompleteOrder":
      return dealWithOrder(stock, command, now)
    case "ConfirmReservation":
    case "ReleaseReservation":
    case "FulfilReservation":
    case "ResizeReservation":
    case "ExtendReservation":
      return liveOn(stock, command, now)
    case "ReleaseBundle":
    case "ResizeBundle":
    case "ExtendBundle":
    case "BreakBundle":
      return changeBundle(stock, command, now)
    case "ExpireReservations":
      return { holds: [] }
    case "ChangeStock":
      return takeLines(stock, command)
    case "ClaimOrder":
      return claim(stock, command)
    default:
      return moveGoods(stock, command)
  }
}

const registerSku = (
  stock: ModelStock,
  command: CommandOf<"RegisterSku">,
  commandId: CommandId
): Predicted => {
  const id = command.skuId ?? skuIdOf(commandId)
  const locationId = command.locationId ?? stock.defaultPlace.id
  if (!stock.places.has(locationId)) {
    return { refusal: { _tag: "LocationNotFound", locationIds: [locationId] } }
  }
  if (stock.skus.has(id)) return { refusal: { _tag: "IdTaken", kind: "sku", id } }
  if (stock.ownerOf(command.code) !== undefined) {
    return { refusal: { _tag: "SkuCodeTaken", code: command.code } }
  }
  const shut = closed(stock, locationId)
  if (shut !== undefined) return { refusal: shut }
  const { backorderLimit = 0, code, initialStock = 0, safetyStock = 0 } = command
  stock.skus.set(id, { id, code, backorderLimit, safetyStock, isArchived: false })
  stock.add(id, stock.defaultPlace.id, 0)
  if (initialStock > 0) stock.add(id, locationId, initialStock)
  return { holds: [] }
}

const updateSku = (stock: ModelStock, command: CommandOf<"UpdateSku">): Predicted => {
  const { code, skuId } = command
  const sku = stock.skus.get(skuId)
  if (sku === undefined) return { refusal: { _tag: "SkuNotFound", skuIds: [skuId] } }
  const owner = stock.ownerOf(code)
  if (code !== undefined && owner !== undefined && owner !== skuId) {
    return { refusal: { _tag: "SkuCodeTaken", code } }
  }
  if (sku.isArchived) return { refusal: { _tag: "SkuArchived", skuIds: [skuId] } }
  const after: ModelSku = {
    ...sku,
    code: code ?? sku.code,
    backorderLimit: command.backorderLimit ?? sku.backorderLimit,
    safetyStock: command.safetyStock ?? sku.safetyStock
  }
  if (stock.isBeyondCounting(skuId, after.backorderLimit)) {
    const message = "is more than can be counted exactly beside the units on hand"
    return { refusal: { _tag: "InvalidInput", issues: [{ path: "backorderLimit", message }] } }
  }
  stock.skus.set(skuId, after)
  return { holds: [] }
}

const archiveSku = (stock: ModelStock, { skuId }: CommandOf<"ArchiveSku">): Predicted => {
  const sku = stock.skus.get(skuId)
  if (sku === undefined) return { refusal: { _tag: "SkuNotFound", skuIds: [skuId] } }
  if (sku.isArchived) return { holds: [] }
  let totalQuantity = 0
  let reservedQuantity = 0
  for (const place of stock.placesOf(skuId)) {
    totalQuantity += stock.total(skuId, place.id)
    reservedQuantity += stock.reserved(skuId, place.id)
  }
  if (totalQuantity > 0 || reservedQuantity > 0) {
    return { refusal: { _tag: "SkuNotEmpty", skuId, totalQuantity, reservedQuantity } }
  }
  stock.skus.set(skuId, { ...sku, isArchived: true })
  return { holds: [] }
}

const unarchiveSku = (stock: ModelStock, { skuId }: CommandOf<"UnarchiveSku">): Predicted => {
  const sku = stock.skus.get(skuId)
  if (sku === undefined) return { refusal: { _tag: "SkuNotFound", skuIds: [skuId] } }
  if (!sku.isArchived) return { holds: [] }
  const { code } = sku
  if (stock.ownerOf(code) !== undefined) return { refusal: { _tag: "SkuCodeTaken", code } }
  stock.skus.set(skuId, { ...sku, isArchived: false })
  return { holds: [] }
}

const updateLocation = (stock: ModelStock, command: CommandOf<"UpdateLocation">): Predicted => {
  const { locationId } = command
  const place = stock.places.get(locationId)
  if (place === undefined) {
    return { refusal: { _tag: "LocationNotFound", locationIds: [locationId] } }
  }
  if (place.isDefault && command.isDefault === false) {
    return { refusal: { _tag: "DefaultLocationRequired", locationId } }
  }
  return placeBecomes(stock, {
    id: locationId,
    priority: command.priority ?? place.priority,
    isDefault: command.isDefault ?? place.isDefault,
    sellable: command.sellable ?? place.sellable,
    active: command.active ?? place.active
  })
}

/** One place is the default, and it is open and for sale. */
const placeBecomes = (stock: ModelStock, place: ModelPlace): Predicted => {
  if (place.isDefault) {
    if (!place.active || !place.sellable) {
      return { refusal: { _tag: "DefaultLocationRequired", locationId: place.id } }
    }
    stock.places.set(stock.defaultPlace.id, { ...stock.defaultPlace, isDefault: false })
  }
  stock.places.set(place.id, place)
  return { holds: [] }
}
