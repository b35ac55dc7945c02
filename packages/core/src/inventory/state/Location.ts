/**
 * A place where stock lies. Damaged, quarantined and in-transit stock are locations that are not
 * sellable. One default location exists from the start; an unknown location is a refusal.
 */
import * as Schema from "effect/Schema"
import { LocationId } from "../../kernel/Identifier.ts"
import { label } from "../../kernel/Text.ts"

/** The location that every store has from its first migration. */
export const defaultLocationId: LocationId = LocationId.make("default")

/** Where a location stands in the order of allocation: the lower, the sooner. 0–1,000,000. */
export const Priority = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 }))

/** A name for people, one line of 1–255 code points. */
export const LocationName = label(1, 255)

/**
 * A location. Only locations that are `sellable` and `active` take part in promises. Goods neither
 * enter an inactive location nor are transferred there. `version` counts its changes.
 */
export const Location = Schema.Struct({
  id: LocationId,
  name: Schema.String,
  priority: Priority,
  isDefault: Schema.Boolean,
  sellable: Schema.Boolean,
  active: Schema.Boolean,
  version: Schema.Int
}).annotate({ identifier: "Location" })
export interface Location extends Schema.Schema.Type<typeof Location> {}

/** Whether stock at this location may be promised to buyers. */
export const isPromising = (location: Location): boolean => location.sellable && location.active

/** The order of allocation: by priority, then by id, so that it is the same everywhere. */
export const byPriority = (a: Location, b: Location): number =>
  a.priority - b.priority || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
