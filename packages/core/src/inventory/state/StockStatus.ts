/**
 * Stock as a reader sees it: levels and SKUs with their derived quantities. Lapsed holds
 * that the rows still count are subtracted here, so that a read is true at its instant.
 */
import * as Schema from "effect/Schema"
import { LocationId, SkuId } from "../../kernel/Identifier.ts"
import { Timestamp } from "../../kernel/Instant.ts"
import * as Room from "./Room.ts"
import type { Sku } from "./Sku.ts"
import * as StockLevel from "./StockLevel.ts"

const balances = {
  totalQuantity: Schema.Int,
  reservedQuantity: Schema.Int,
  availableQuantity: Schema.Int,
  inStockQuantity: Schema.Int,
  shortfallQuantity: Schema.Int
}

/** One level as a reader sees it, in units: lapsed holds no longer count as reserved. */
export const LevelStatus = Schema.Struct({
  skuId: SkuId,
  locationId: LocationId,
  ...balances,
  lastUpdated: Timestamp
}).annotate({ identifier: "LevelStatus" })
export interface LevelStatus extends Schema.Schema.Type<typeof LevelStatus> {}

/**
 * One SKU as a reader sees it, summed over its sellable locations. `largestSingleQuantity` is the
 * most that one line at one location can take.
 */
export const StockStatus = Schema.Struct({
  skuId: SkuId,
  ...balances,
  largestSingleQuantity: Schema.Int,
  version: Schema.Int.annotate({ description: "That of the last event of the SKU" }),
  lastUpdated: Timestamp
}).annotate({ identifier: "StockStatus" })
export interface StockStatus extends Schema.Schema.Type<typeof StockStatus> {}

/**
 * What can be had of a SKU, in units, for who may not see how much there is: `availableQuantity` is
 * what can be ordered now, `inStockQuantity` is what of it is on hand.
 */
export const OfferedStock = Schema.Struct({
  skuId: SkuId,
  availableQuantity: Schema.Int,
  inStockQuantity: Schema.Int,
  largestSingleQuantity: Schema.Int,
  version: Schema.Int.annotate({ description: "That of the last event of the SKU" }),
  lastUpdated: Timestamp
}).annotate({ identifier: "OfferedStock" })
export interface OfferedStock extends Schema.Schema.Type<typeof OfferedStock> {}

/** What of the stock of a SKU everybody may see. */
export const offeredStock = (status: StockStatus): OfferedStock => ({
  skuId: status.skuId,
  availableQuantity: status.availableQuantity,
  inStockQuantity: status.inStockQuantity,
  largestSingleQuantity: status.largestSingleQuantity,
  version: status.version,
  lastUpdated: status.lastUpdated
})

/** One level of a reader: the row, and the units that it still counts for lapsed holds. */
export interface ReadLevel {
  readonly level: StockLevel.StockLevel
  readonly lapsedQuantity: number
  readonly isPromising: boolean
}

/** The row of a level without the units of its lapsed holds. */
const current = ({ isPromising, lapsedQuantity, level }: ReadLevel) => ({
  ...level,
  reservedQuantity: level.reservedQuantity - lapsedQuantity,
  isPromising
})

type Current = ReturnType<typeof current>

const roomOf = (policy: Room.Policy, places: ReadonlyArray<Current>): Room.Room =>
  Room.roomOf(policy, places, (place) => place.isPromising)

const levelOf = (policy: Room.Policy, room: Room.Room, place: Current): LevelStatus => {
  const availableQuantity = place.isPromising ? Room.availableAt(room, policy, place) : 0
  return {
    skuId: place.skuId,
    locationId: place.locationId,
    totalQuantity: place.totalQuantity,
    reservedQuantity: place.reservedQuantity,
    availableQuantity,
    inStockQuantity: Math.min(
      availableQuantity,
      Room.inStock(room, policy),
      StockLevel.unpromised(place)
    ),
    shortfallQuantity: StockLevel.shortfall(place),
    lastUpdated: place.lastUpdated
  }
}

/**
 * All levels of a SKU with their derived quantities, in units. `availableQuantity` is what one line
 * could take there. Places share the SKU's policy, so these quantities overlap and do not add up.
 */
export const levelStatuses = (
  policy: Room.Policy,
  levels: ReadonlyArray<ReadLevel>
): ReadonlyArray<LevelStatus> => {
  const places = levels.map(current)
  const room = roomOf(policy, places)
  return places.map((place) => levelOf(policy, room, place))
}

/**
 * A SKU with its derived quantities. Total, reserved and shortfall are sums over the places that
 * promise. The policy counts once, wherever the units lie.
 */
export const stockStatus = (sku: Sku, levels: ReadonlyArray<ReadLevel>): StockStatus => {
  const places = levels.map(current)
  const room = roomOf(sku, places)
  let { createdAt: lastUpdated } = sku
  let shortfallQuantity = 0
  let largestSingleQuantity = 0
  let version = 0
  for (const place of places) {
    version = Math.max(version, place.version)
    if (place.lastUpdated.epochMilliseconds > lastUpdated.epochMilliseconds) {
      lastUpdated = place.lastUpdated
    }
    if (!place.isPromising) continue
    shortfallQuantity += StockLevel.shortfall(place)
    largestSingleQuantity = Math.max(largestSingleQuantity, Room.availableAt(room, sku, place))
  }
  return {
    skuId: sku.id,
    totalQuantity: room.totalQuantity,
    reservedQuantity: room.reservedQuantity,
    availableQuantity: Room.available(room),
    inStockQuantity: Room.inStock(room, sku),
    shortfallQuantity,
    largestSingleQuantity,
    version,
    lastUpdated
  }
}
