/** Decisions about locations: register and update. Exactly one location is the default. */
import * as Result from "effect/Result"
import type { CommandOf } from "../messages/InventoryCommand.ts"
import type { Location } from "../state/Location.ts"
import type { Draft } from "./Draft.ts"
import { type Decided, findLocation } from "./lookups.ts"

/** Makes a location known. */
export const registerLocation = (
  draft: Draft,
  command: CommandOf<"RegisterLocation">
): Decided<Location> => {
  const id = command.locationId
  if (draft.location(id) !== undefined) {
    return Result.fail({ _tag: "IdTaken", kind: "location", id })
  }
  const location: Location = {
    id,
    name: command.name,
    priority: command.priority ?? 100,
    isDefault: command.isDefault ?? false,
    sellable: command.sellable ?? true,
    active: command.active ?? true,
    version: 1
  }
  return writeLocation(draft, location, "inventory.location.created")
}

/** Changes a location; a change that changes nothing is answered without an event. */
export const updateLocation = (
  draft: Draft,
  command: CommandOf<"UpdateLocation">
): Decided<Location> =>
  Result.flatMap(findLocation(draft, command.locationId), (before) => {
    const { _tag, locationId, ...changes } = command
    const location: Location = { ...before, ...changes, version: before.version + 1 }
    const isSame = Object.keys(changes).every(
      (key) => location[key as keyof Location] === before[key as keyof Location]
    )
    if (isSame) return Result.succeed(before)
    if (before.isDefault && !location.isDefault) {
      return Result.fail({ _tag: "DefaultLocationRequired", locationId })
    }
    return writeLocation(draft, location, "inventory.location.updated")
  })

const writeLocation = (
  draft: Draft,
  location: Location,
  eventType: "inventory.location.created" | "inventory.location.updated"
): Decided<Location> => {
  const previous = draft.defaultLocation
  if (location.isDefault) {
    if (!(location.active && location.sellable)) {
      return Result.fail({ _tag: "DefaultLocationRequired", locationId: location.id })
    }
    if (previous.id !== location.id) {
      const unmade = { ...previous, isDefault: false, version: previous.version + 1 }
      draft.emit("inventory.location.updated", unmade.id, unmade.version, { location: unmade })
    }
  }
  draft.emit(eventType, location.id, location.version, { location })
  return Result.succeed(location)
}
