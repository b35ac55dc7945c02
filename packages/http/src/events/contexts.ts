/** The contexts that an API may serve, and the types of their events. */
import * as Catalog from "@holdfast/core/catalog"
import * as Inventory from "@holdfast/core/inventory"
import * as Schema from "effect/Schema"

/** A context: it has a log of events of its own. */
export type ContextName = "inventory" | "catalog"

/** A type of event, of any context. */
export type AnyEventType = Inventory.InventoryEventType | Catalog.CatalogEventType

/** All contexts. The first of those that are served is meant where none is named. */
export const everyContext: ReadonlyArray<ContextName> = ["inventory", "catalog"]

const schemas = { inventory: Inventory.EventType, catalog: Catalog.EventType } as const

/** The types of events of a context. */
export const eventTypesOf = (context: ContextName): ReadonlyArray<AnyEventType> =>
  schemas[context].literals

/** A type of event of these contexts. */
export const eventTypeSchemaOf = (
  contexts: ReadonlyArray<ContextName>
): Schema.Codec<AnyEventType> => {
  const [first, ...others] = contexts
  return first !== undefined && others.length === 0
    ? schemas[first]
    : Schema.Literals(contexts.flatMap(eventTypesOf)).annotate({ identifier: "AnyEventType" })
}

/** The name of one of these contexts. */
export const contextSchemaOf = (contexts: ReadonlyArray<ContextName>) =>
  Schema.Literals(contexts).annotate({
    description: `Whose events: ${contexts[0]} unless given.`
  })

/** Why types of events cannot be asked of a context; undefined when they can. */
export const objectionToTypes = (
  context: ContextName,
  types: ReadonlyArray<string> | null | undefined,
  field: string
): Inventory.InvalidInput.InvalidInput | undefined => {
  const own: ReadonlyArray<string> = eventTypesOf(context)
  const whyNot = (type: string): string => {
    const owner = everyContext.find((other) => eventTypesOf(other).some((known) => known === type))
    return owner === undefined
      ? "is no type of event"
      : `is a type of the context ${owner}, and this is about ${context}`
  }
  const issues = (types ?? []).flatMap((type, index) =>
    own.includes(type) ? [] : [{ path: `${field}.${index}`, message: whyNot(type) }]
  )
  return issues.length === 0 ? undefined : { _tag: "InvalidInput", issues }
}
