/**
 * Which contexts a command is about. The catalog and the inventory may live in one process and one
 * database, or each in its own.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { isSecretForm } from "../access/keySecret.ts"
import { type CommandFailure, usageFailure } from "./CommandFailure.ts"
import { type Found, oneOf, secret, setting, variableOf } from "./settings.ts"

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

const readUrl = (text: string): { readonly value: URL } | { readonly mustBe: string } => {
  const url = URL.parse(text)
  if (url !== null && isGrpc(url) && !["", "/"].includes(url.pathname)) {
    return { mustBe: `an address without a path, such as ${url.protocol}//${url.host}` }
  }
  return url !== null &&
    ["http:", "https:", "grpc:", "grpcs:"].includes(url.protocol) &&
    url.hostname !== "" &&
    url.username === "" &&
    url.search === "" &&
    url.hash === ""
    ? { value: url }
    : {
        mustBe:
          "an address without user and query, such as http://inventory:3000 or grpc://inventory:9090"
      }
}

/** Where the other context is, when it is another process. */
const otherUrl = (name: "inventory-url" | "catalog-url", description: string) =>
  setting(name, { metavar: "<url>", description, read: readUrl }, undefined)

/** The settings of a command that may ask the other context. */
export const otherFlags = {
  inventoryUrl: otherUrl("inventory-url", "Where the inventory is, for --service product"),
  catalogUrl: otherUrl("catalog-url", "Where the catalog is, for --service inventory"),
  serviceKey: secret("service-key", {
    metavar: "<key>",
    description: "The key that this process shows to the other one; better given as a variable"
  })
}

/** Where the other context is. */
export interface OtherUrls {
  readonly inventoryUrl: URL | undefined
  readonly catalogUrl: URL | undefined
  /** The key that this process shows there, if any. */
  readonly serviceKey: Found<Redacted.Redacted> | undefined
}

/** Whether the other context is asked over gRPC; else it is asked over HTTP. */
export const isGrpc = ({ protocol }: URL): boolean => protocol === "grpc:" || protocol === "grpcs:"

/** Refuses the address of a context that is here. */
export const checkedOthers = ({
  catalogUrl,
  inventoryUrl,
  service,
  serviceKey
}: OtherUrls & { readonly service: Service }): Effect.Effect<void, CommandFailure> => {
  if (serviceKey !== undefined && !isSecretForm(Redacted.value(serviceKey.value))) {
    const name = serviceKey.from === "flag" ? "--service-key" : variableOf("service-key")
    return Effect.fail(
      usageFailure(`${name} is no key of a service; make one with holdfast keys create`)
    )
  }
  if (serviceKey !== undefined && inventoryUrl === undefined && catalogUrl === undefined) {
    const name = serviceKey.from === "flag" ? "--service-key" : variableOf("service-key")
    return Effect.fail(
      usageFailure(`${name} needs --inventory-url or --catalog-url: else nobody is shown it`)
    )
  }
  if (inventoryUrl !== undefined && service !== "product") {
    return Effect.fail(
      usageFailure("--inventory-url is for --service product: else the inventory is here")
    )
  }
  return catalogUrl !== undefined && service !== "inventory"
    ? Effect.fail(
        usageFailure("--catalog-url is for --service inventory: else the catalog is here")
      )
    : Effect.void
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

/** What has an audit log: a context, or access, which belongs to none. */
export type AuditedName = ContextName | "access"

/** The setting of a command that is about one audit log. */
export const auditedFlags = {
  context: setting<AuditedName, "inventory">(
    "context",
    {
      metavar: "<inventory|catalog|access>",
      description:
        "Whose records; access has those about the keys of services (default: inventory)",
      read: oneOf("inventory", "catalog", "access")
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

/** The schemas of the contexts, and that of access, which belongs to none. */
export interface Schemas {
  readonly schema: string
  readonly catalogSchema: string
  readonly accessSchema: string
}

/** The schema of a context, or of access. */
export const schemaOf = (
  context: AuditedName,
  { accessSchema: access, catalogSchema: catalog, schema: inventory }: Schemas
): string => ({ access, catalog, inventory })[context]

/** Refuses one schema for two: the contexts have tables of the same names. */
export const checkedSchemas = ({
  accessSchema,
  catalogSchema,
  schema
}: Schemas): Effect.Effect<void, CommandFailure> => {
  if (schema === catalogSchema) {
    return Effect.fail(
      usageFailure(
        `--schema and --catalog-schema are both ${schema}; give each context a schema of its own`
      )
    )
  }
  return accessSchema === schema || accessSchema === catalogSchema
    ? Effect.fail(
        usageFailure(
          `--access-schema is ${accessSchema}, as that of a context; give it a schema of its own`
        )
      )
    : Effect.void
}
