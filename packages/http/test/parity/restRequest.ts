/** Commands of the inventory as requests of the REST API, from its declarations. */

import * as HttpApi from "effect/http-api/HttpApi"
import * as SchemaAST from "effect/SchemaAST"
import { routePermissions } from "../../src/access/routePermissions.ts"
import { HoldfastApi } from "../../src/index.ts"

interface Endpoint {
  readonly method: string
  readonly path: string
  readonly inQuery: ReadonlySet<string>
}

/** The fields of a struct. */
const fieldsOf = (ast: SchemaAST.AST | undefined): ReadonlySet<string> =>
  new Set(
    ast !== undefined && SchemaAST.isObjects(ast)
      ? ast.propertySignatures.map(({ name }) => String(name))
      : []
  )

const endpoints = new Map<string, Endpoint>()
HttpApi.reflect(HoldfastApi, {
  onGroup: () => undefined,
  onEndpoint: ({ endpoint, group }) => {
    const { method, path, query } = endpoint as typeof endpoint & {
      readonly query?: { readonly ast: SchemaAST.AST }
    }
    endpoints.set(`${group.identifier}.${endpoint.identifier}`, {
      method,
      path,
      inQuery: fieldsOf(query?.ast)
    })
  }
})

/** The endpoint of an operation; several lines are reserved by the endpoints of orders. */
const endpointOf = (operation: string, input: { readonly replace?: boolean }): Endpoint => {
  const named =
    operation === "reserve"
      ? `orders.${input.replace === true ? "replace" : "add"}`
      : Object.entries(routePermissions).flatMap(([group, rows]) =>
          Object.entries(rows).flatMap(([endpoint, { name }]) =>
            name === operation ? [`${group}.${endpoint}`] : []
          )
        )[0]
  const endpoint = endpoints.get(named ?? "")
  if (endpoint === undefined) throw new Error(`${operation} has no endpoint`)
  return endpoint
}

/** The request of a command. */
export const restRequest = (operation: string, input: object, key: string | undefined): Request => {
  const { inQuery, method, path } = endpointOf(operation, input)
  const rest: Record<string, unknown> = { ...input }
  if (operation === "reserve") delete rest["replace"]
  const filled = path.replace(/:(\w+)/g, (_all, name: string) => {
    const value = rest[name]
    delete rest[name]
    return encodeURIComponent(String(value))
  })
  const url = new URL(filled, "http://shop.example")
  for (const name of inQuery) {
    if (rest[name] !== undefined) url.searchParams.set(name, String(rest[name]))
    delete rest[name]
  }
  return new Request(url, {
    method,
    headers: {
      "content-type": "application/json",
      ...(key === undefined ? {} : { "idempotency-key": key })
    },
    body: JSON.stringify(rest)
  })
}
