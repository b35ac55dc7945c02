/**
 * Which paths there are and which methods each takes, from the declarations of the API: what a 405
 * is told from, and a 404 from it.
 */
import * as FindMyWay from "effect/http/FindMyWay"
import * as HttpApi from "effect/http-api/HttpApi"
import { HoldfastApi } from "../HoldfastApi.ts"

/** How paths are matched: exactly, with the length of their parts left to the schemas. */
export const routerConfig = {
  caseSensitive: true,
  ignoreTrailingSlash: false,
  ignoreDuplicateSlashes: false,
  maxParamLength: 8_192
}

const order = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const

type Method = (typeof order)[number]

const methodsByPath = new Map<string, Set<string>>()

const know = (method: string, path: string): void => {
  const methods = methodsByPath.get(path) ?? new Set()
  methodsByPath.set(path, methods.add(method))
  if (method === "GET") methods.add("HEAD")
}

HttpApi.reflect(HoldfastApi, {
  onGroup: () => undefined,
  onEndpoint: ({ endpoint: { method, path } }) => know(method, path)
})
know("GET", "/")
know("GET", "/openapi.json")
know("GET", "/docs")

const router = FindMyWay.make<true>(routerConfig)
for (const [path, methods] of methodsByPath) {
  router.on(methods, path as FindMyWay.PathInput, true)
}

/** The part of a URL that is under a base path, with its slash; undefined when it is elsewhere. */
const under = (url: string, basePath: string): string | undefined => {
  if (basePath === "") return url
  if (!url.startsWith(basePath)) return undefined
  const rest = url.slice(basePath.length)
  if (rest.startsWith("/")) return rest
  return /^([?;#]|$)/.test(rest) ? `/${rest}` : undefined
}

/** The methods that a URL takes; none when there is nothing at it. */
export const methodsOf = (target: string, basePath: string): ReadonlyArray<string> => {
  const url = under(target, basePath)
  if (url === undefined) return []
  const [path = ""] = url.split(/[?;#]/, 1)
  const declared = methodsByPath.get(path)
  return order.filter((method) => declared?.has(method) ?? router.find(method, url) !== undefined)
}

/**
 * Fixed paths that lack a method which the pattern of another path would answer: without a route of
 * their own, `GET /api/inventory/reservations` would be a question about a SKU of that name.
 */
export const shadowedRoutes: ReadonlyArray<{
  readonly method: Exclude<Method, "HEAD">
  readonly path: `/${string}`
}> = [...methodsByPath].flatMap(([path, methods]) =>
  path.includes(":")
    ? []
    : order
        .filter((method) => method !== "HEAD")
        .filter((method) => !methods.has(method) && router.find(method, path) !== undefined)
        .map((method) => ({ method, path: path as `/${string}` }))
)
