/**
 * A naive model of stock to compare an engine with: it adds up what callers were told, and knows
 * neither events nor decisions nor levels. What it says is obviously right or not at all: how much
 * lies where, how much of that is promised at an instant, and whether an order fits.
 */
import type * as DateTime from "effect/DateTime"
import type { InventoryAnswer, StockChanged } from "../inventory/InventoryAnswer.ts"
import type { CommandOf, InventoryCommand } from "../inventory/InventoryCommand.ts"
import * as Location from "../inventory/Location.ts"
import * as Reservation from "../inventory/Reservation.ts"
import type { Sku } from "../inventory/Sku.ts"
import { firstLocation } from "./ReplayedStock.ts"

type Hold = Reservation.Reservation

/** The sums of what was asked and answered. */
export class ReferenceModel {
  readonly skus = new Map<string, Sku>()
  readonly locations = new Map<string, Location.Location>([[firstLocation.id, firstLocation]])
  readonly holds = new Map<string, Hold>()
  private readonly totals = new Map<string, Map<string, number>>()

  /** Units that lie at one place. */
  total(skuId: string, locationId: string): number {
    return this.totals.get(skuId)?.get(locationId) ?? 0
  }

  /** Units promised at one place and not yet lapsed. */
  reserved(skuId: string, locationId: string, now: DateTime.Utc): number {
    let units = 0
    for (const hold of this.holds.values()) {
      if (hold.skuId !== skuId || hold.locationId !== locationId) continue
      if (!Reservation.isOpen(hold) || Reservation.isLapsed(hold, now)) continue
      units += hold.quantity - hold.fulfilledQuantity
    }
    return units
  }

  /** Units that may still be promised at one place; below zero when too many are. */
  free(skuId: string, locationId: string, now: DateTime.Utc): number {
    const sku = this.skus.get(skuId)
    if (sku === undefined) return 0
    const limit = this.total(skuId, locationId) + sku.backorderLimit - sku.safetyStock
    return limit - this.reserved(skuId, locationId, now)
  }

  /** The places that a SKU has ever lain at, sellable ones first to be taken first. */
  places(skuId: string): ReadonlyArray<Location.Location> {
    return [...(this.totals.get(skuId)?.keys() ?? [])]
      .flatMap((id) => this.locations.get(id) ?? [])
      .sort(Location.byPriority)
  }

  /** Whether all lines fit, one after another, each whole at the first place with room. */
  fits(command: CommandOf<"ReserveStock">, now: DateTime.Utc): boolean {
    const taken = new Map<string, number>()
    return command.lines.every((line) => {
      const place = this.places(line.skuId).find((location) => {
        if (!Location.isPromising(location)) return false
        if (line.locationId !== undefined && line.locationId !== location.id) return false
        const used = taken.get(`${line.skuId} ${location.id}`) ?? 0
        return this.free(line.skuId, location.id, now) - used >= line.quantity
      })
      if (place === undefined) return false
      const key = `${line.skuId} ${place.id}`
      taken.set(key, (taken.get(key) ?? 0) + line.quantity)
      return true
    })
  }

  /** Takes in a command that was accepted, and its answer. */
  took(command: InventoryCommand, answer: InventoryAnswer, now: DateTime.Utc): void {
    switch (command._tag) {
      case "RegisterSku": {
        const sku = answer as Sku
        const home = this.defaultLocation()
        this.skus.set(sku.id, sku)
        this.add(sku.id, home, 0)
        const initial = command.initialStock ?? 0
        if (initial > 0) this.add(sku.id, command.locationId ?? home, initial)
        return
      }
      case "UpdateSku":
      case "ArchiveSku":
      case "UnarchiveSku":
        this.skus.set(command.skuId, answer as Sku)
        return
      case "MakeLocation":
      case "ChangeLocation":
        this.putLocation(answer as Location.Location)
        return
      case "ExpireReservations":
        for (const id of command.reservationIds) {
          const hold = this.holds.get(id)
          if (hold !== undefined && Reservation.isLapsed(hold, now)) {
            this.holds.set(id, { ...hold, status: "EXPIRED" })
          }
        }
        return
      case "ReserveStock":
        if (command.replace === true) this.dropPending(command.orderId)
        for (const hold of answer as ReadonlyArray<Hold>) this.holds.set(hold.id, hold)
        return
      case "ConfirmOrder":
      case "ReleaseOrder":
      case "FulfilOrder":
        for (const hold of answer as ReadonlyArray<Hold>) this.putHold(hold)
        return
      case "ConfirmReservation":
      case "ReleaseReservation":
      case "FulfilReservation":
      case "ResizeReservation":
      case "ExtendReservation":
        this.putHold(answer as Hold)
        return
      default:
        this.moved(command)
        for (const hold of (answer as StockChanged).released) this.putHold(hold)
    }
  }

  private moved(
    command: CommandOf<
      "ReceiveStock" | "ReturnStock" | "ShipStock" | "AdjustStock" | "CountStock" | "TransferStock"
    >
  ): void {
    const { skuId } = command
    if (command._tag === "TransferStock") {
      this.add(skuId, command.fromLocationId, -command.quantity)
      this.add(skuId, command.toLocationId, command.quantity)
      return
    }
    const place = command.locationId ?? this.defaultLocation()
    if (command._tag === "CountStock") {
      this.add(skuId, place, command.countedQuantity - this.total(skuId, place))
    } else {
      this.add(skuId, place, command._tag === "ShipStock" ? -command.quantity : command.quantity)
    }
  }

  private add(skuId: string, locationId: string, units: number): void {
    const places = this.totals.get(skuId) ?? new Map<string, number>()
    this.totals.set(skuId, places.set(locationId, (places.get(locationId) ?? 0) + units))
  }

  private putHold(hold: Hold): void {
    const before = this.holds.get(hold.id)?.fulfilledQuantity ?? 0
    const left = hold.fulfilledQuantity - before
    if (left > 0) this.add(hold.skuId, hold.locationId, -left)
    this.holds.set(hold.id, hold)
  }

  private dropPending(orderId: string): void {
    for (const hold of this.holds.values()) {
      if (hold.orderId === orderId && hold.status === "PENDING") {
        this.holds.set(hold.id, { ...hold, status: "RELEASED" })
      }
    }
  }

  private putLocation(location: Location.Location): void {
    if (location.isDefault) {
      for (const other of this.locations.values()) {
        this.locations.set(other.id, { ...other, isDefault: false })
      }
    }
    this.locations.set(location.id, location)
  }

  /** The location that is meant when none is named. */
  defaultLocation(): string {
    for (const location of this.locations.values()) if (location.isDefault) return location.id
    throw new Error("there is always a default location")
  }
}
