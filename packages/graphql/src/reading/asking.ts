/** Asks the questions of core as who asks may: input is read by its schema, and refused by field. */
import type { QueryMethods as CatalogMethods } from "@holdfast/core/catalog"
import type { QueryMethods } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type { Asked, Failure } from "./Asked.ts"

type Answer<Method> = Method extends (input: never) => Effect.Effect<infer A, unknown> ? A : never

/** Asks the inventory. */
export const ask = <Name extends keyof QueryMethods>(
  asked: Asked,
  name: Name,
  input: Parameters<QueryMethods[Name]>[0]
): Promise<Answer<QueryMethods[Name]>> => {
  const method = asked.inventory?.queries[name] as unknown as (
    input: unknown
  ) => Effect.Effect<never, Failure>
  return asked.run(
    name,
    Effect.suspend(() => method(input))
  )
}

/** Asks the catalog. */
export const askCatalog = <Name extends keyof CatalogMethods>(
  asked: Asked,
  name: Name,
  input: Parameters<CatalogMethods[Name]>[0]
): Promise<Answer<CatalogMethods[Name]>> => {
  const method = asked.catalog?.queries[name] as unknown as (
    input: unknown
  ) => Effect.Effect<never, Failure>
  return asked.run(
    name,
    Effect.suspend(() => method(input))
  )
}
