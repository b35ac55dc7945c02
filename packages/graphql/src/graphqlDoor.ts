/**
 * The GraphQL API as a door beside the REST API: `webHandler(holdfast, { doors: [graphqlDoor()] })`,
 * and the same for `toNodeHandler` and for layers.
 */
import { HoldfastError } from "@holdfast/core"
import type { HttpDoor } from "@holdfast/http"
import * as Effect from "effect/Effect"
import { servedCatalog, servedInventory } from "./reading/Services.ts"
import { makeSchema } from "./schema/makeSchema.ts"
import { askingOver } from "./serving/asking.ts"
import { makeDocuments } from "./serving/Documents.ts"
import { answer } from "./serving/handler.ts"
import { type Limits, limitsDefault } from "./serving/Limits.ts"
import { pageOf } from "./serving/page.ts"
import type { Serving } from "./serving/Serving.ts"

/** How the GraphQL API is tuned. */
export interface GraphqlOptions {
  /** Where it is, under the base path: `/graphql`. */
  readonly path?: `/${string}` | undefined
  /** Bounds of one request; those that are left out keep their defaults. */
  readonly limits?: Partial<Limits> | undefined
  /** Whether the schema may be asked for: it may not, unless this says so. */
  readonly introspection?: boolean | undefined
  /** Whether a browser gets a page to try queries with: when the schema may be asked for, unless given. */
  readonly page?: boolean | undefined
  /** For how many seconds a client need not ask again what it asked by GET: 0. */
  readonly cacheSeconds?: number | undefined
  /** Documents by their ids, which clients may ask for by id. */
  readonly persisted?: Readonly<Record<string, string>> | undefined
  /** Whether no other documents are answered. */
  readonly persistedOnly?: boolean | undefined
}

const refuse = (path: string, message: string): never => {
  throw new HoldfastError("InvalidInput", { issues: [{ path: `options.${path}`, message }] })
}

const readLimits = (given: Partial<Limits> = {}): Limits => {
  const limits = { ...limitsDefault, ...given }
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      refuse(`limits.${name}`, "must be a whole number from 1 on")
    }
  }
  return limits
}

/** The GraphQL API. Throws `InvalidInput` for an option that it cannot take. */
export const graphqlDoor = (options: GraphqlOptions = {}): HttpDoor => {
  const limits = readLimits(options.limits)
  const { introspection = false, path = "/graphql", persistedOnly = false } = options
  const { cacheSeconds = 0, page = introspection && !persistedOnly } = options
  if (!Number.isSafeInteger(cacheSeconds) || cacheSeconds < 0) {
    refuse("cacheSeconds", "must be a whole number of seconds")
  }
  const persisted = new Map(Object.entries(options.persisted ?? {}))
  if (persistedOnly && persisted.size === 0) {
    refuse("persisted", "must hold documents, when no others are answered")
  }
  return {
    path,
    methods: ["GET", "POST"],
    open: (host) =>
      Effect.gen(function* () {
        const services = {
          inventory:
            host.inventory === undefined ? undefined : yield* servedInventory(host.inventory),
          catalog: host.catalog === undefined ? undefined : yield* servedCatalog(host.catalog)
        }
        const schema = makeSchema({
          inventory: services.inventory !== undefined,
          catalog: services.catalog !== undefined
        })
        const serving: Serving = {
          ...{ host, schema, limits, persisted, persistedOnly, cacheSeconds },
          page: page ? yield* Effect.promise(() => pageOf(schema)) : undefined,
          read: makeDocuments(schema, { limits, introspection }),
          askedOf: yield* askingOver(services, host)
        }
        return (request) => answer(serving, request)
      })
  }
}
