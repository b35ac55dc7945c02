/**
 * Which contexts a command is about. The catalog and the inventory may live in one process and one
 * database, or each in its own.
 */
import * as Effect from "effect/Effect"
import { type CommandFailure, usageFailure } from "./CommandFailure.ts"
import { oneOf, setting } from "./settings.ts"

/** A context: it has tables, a log of events, and paths of its own. */
export type ContextName = "inventory" | "catalog"

/** What a process serves: products, stock, or both. */
export type Service = "all" | "product" | "inventory"

/** The setting of a command that is about a whole deployment. */
export const serviceFlags = {
  service: setting<Service, "all">(
    "service",
    {
      metavar: "<all|product|inventory>",
      description: "What is here: products, stock, or both in one database (default: all)",
      read: oneOf("all", "product", "inventory")
    },
    "all"
  )
}

/** The setting of a command that is about one log. */
export const contextFlags = {
  context: setting<ContextName, "inventory">(
    "context",
    {
      metavar: "<inventory|catalog>",
      description: "Whose events (default: inventory)",
      read: oneOf("inventory", "catalog")
    },
    "inventory"
  )
}

const contexts: { readonly [Name in Service]: ReadonlyArray<ContextName> } = {
  all: ["inventory", "catalog"],
  inventory: ["inventory"],
  product: ["catalog"]
}

/** The contexts of a service. */
export const contextsOf = (service: Service): ReadonlyArray<ContextName> => contexts[service]

/** The schemas of the contexts. */
export interface Schemas {
  readonly schema: string
  readonly catalogSchema: string
}

/** The schema of a context. */
export const schemaOf = (context: ContextName, { catalogSchema, schema }: Schemas): string =>
  context === "inventory" ? schema : catalogSchema

/** Refuses one schema for both contexts: each has tables of the same names. */
export const checkedSchemas = ({ catalogSchema, schema }: Schemas) =>
  schema === catalogSchema
    ? Effect.fail<CommandFailure>(
        usageFailure(
          `--schema and --catalog-schema are both ${schema}; give each context a schema of its own`
        )
      )
    : Effect.void
