/** The types of event that a command prints. */
import { EventsFilter, EventType } from "@holdfast/core/inventory"
import { readBy, setting } from "../../cli/settings.ts"

/** All types unless some are given. */
export const typesFlag = setting(
  "types",
  {
    metavar: "<type,...>",
    description: "Only events of these types, at most 16",
    read: readBy(
      EventsFilter.fields.types.schema,
      `event types, separated by commas: ${EventType.literals.join(", ")}`
    )
  },
  undefined
)
