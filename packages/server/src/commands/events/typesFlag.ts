/** The types of event that a command prints. */
import * as Catalog from "@holdfast/core/catalog"
import { EventType } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type CommandFailure, usageFailure } from "../../cli/CommandFailure.ts"
import type { ContextName } from "../../cli/contextSettings.ts"
import { readBy, setting } from "../../cli/settings.ts"

const typesOf: { readonly [Name in ContextName]: ReadonlyArray<string> } = {
  inventory: EventType.literals,
  catalog: Catalog.EventType.literals
}

const every = [...typesOf.inventory, ...typesOf.catalog]

const typesMax = 16

/** All types unless some are given. */
export const typesFlag = setting(
  "types",
  {
    metavar: "<type,...>",
    description: `Only events of these types, at most ${typesMax}`,
    read: readBy(
      Schema.Array(Schema.Literals(every)).check(Schema.isBetweenLength(1, typesMax)),
      `event types, separated by commas: ${every.join(", ")}`
    )
  },
  undefined
)

/** Refuses types of the other context. */
export const checkTypes = (
  context: ContextName,
  types: ReadonlyArray<string> | undefined
): Effect.Effect<void, CommandFailure> => {
  const foreign = types?.find((type) => !typesOf[context].includes(type))
  if (foreign === undefined) return Effect.void
  const other = context === "inventory" ? "catalog" : "inventory"
  return Effect.fail(
    usageFailure(`${foreign} is an event of the ${other}: give --context ${other}`)
  )
}
