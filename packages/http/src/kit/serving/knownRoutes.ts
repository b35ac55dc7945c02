/**
 * Which paths an API has and which methods each takes, from its declarations. This tells a 405 from a
 * 404.
 */
import * as FindMyWay from "effect/http/FindMyWay"
import * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"

/** How paths are matched: exactly, with the length of their parts left to the schemas. */
export const routerConfig = {
  caseSensitive: true,
  ignoreTrailingSlash: false,
  ignoreDuplicateSlashes: false,
  maxParamLength: 8_192
}

const order = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const

type Method = (typeof order)[number]

/** The paths of an API, and what each takes. */
export interface KnownRoutes {
  /** The methods that a URL takes; none when no path matches it. */
  readonly methodsOf: (url: string, basePath: string) => ReadonlyArray<string>
  /** The path that a URL means, which has a slash too many at its end. */
  readonly pathWithoutSlash: (url: string, basePath: string) => string | undefined
  /**
   * Fixed paths that lack a method which the pattern of another path would answer: without a route of
   * their own, `GET /api/inventory/reservations` would be a question about a SKU of that name.
   */
  readonly shadowedRoutes: ReadonlyArray<{
    readonly method: Exclude<Method, "HEAD">
    readonly path: `/${string}`
  }>
}

/** The part of a URL after the base path, with its slash; undefined when the URL lies elsewhere. */
const under = (url: string, basePath: string): string | undefined => {
  if (basePath === "") return url
  if (!url.startsWith(basePath)) return undefined
  const rest = url.slice(basePath.length)
  if (rest.startsWith("/")) return rest
  return /^([?;#]|$)/.test(rest) ? `/${rest}` : undefined
}

const pathOf = (url: string): string => url.split(/[?;#]/, 1)[0] ?? ""

/** Whether a path ends with a slash, as no path of ours does but the root. */
const hasSlashAtEnd = (path: string): boolean => path.length > 1 && path.endsWith("/")

/** Whether the path of a URL ends with a slash, and is not the root under the base path. */
export const isSlashed = (url: string, basePath: string): boolean => {
  const path = pathOf(url)
  return hasSlashAtEnd(path) && path !== `${basePath}/`
}

const methodsByPathOf = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): ReadonlyMap<string, ReadonlySet<string>> => {
  const methodsByPath = new Map<string, Set<string>>()
  const know = (method: string, path: string): void => {
    const methods = methodsByPath.get(path) ?? new Set()
    methodsByPath.set(path, methods.add(method))
    if (method === "GET") methods.add("HEAD")
  }
  HttpApi.reflect(api, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint: { method, path } }) => know(method, path)
  })
  for (const path of ["/", "/openapi.json", "/asyncapi.json", "/docs"]) know("GET", path)
  return methodsByPath
}

/** The routes of an API, and those of its documents. */
export const knownRoutesOf = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): KnownRoutes => {
  const declared = methodsByPathOf(api)
  const router = FindMyWay.make<true>(routerConfig)
  for (const [path, methods] of declared) {
    router.on([...methods] as Array<Method>, path as FindMyWay.PathInput, true)
  }

  // What several paths begin with is no id, even where the pattern of another path would take it:
  // `GET /api/inventory/orders` is no question about a SKU of that name.
  const methodsByPath = new Map(declared)
  for (const path of declared.keys()) {
    const [beginning = ""] = path.split("/:", 1)
    if (!methodsByPath.has(beginning)) methodsByPath.set(beginning, new Set())
  }

  const methodsOf: KnownRoutes["methodsOf"] = (target, basePath) => {
    const url = under(target, basePath)
    if (url === undefined) return []
    const path = pathOf(url)
    if (hasSlashAtEnd(path)) return []
    const own = methodsByPath.get(path)
    return order.filter((method) => own?.has(method) ?? router.find(method, url) !== undefined)
  }

  return {
    methodsOf,
    pathWithoutSlash: (url, basePath) => {
      if (!isSlashed(url, basePath)) return undefined
      const meant = pathOf(url).slice(0, -1)
      return methodsOf(meant, basePath).length > 0 ? meant : undefined
    },
    shadowedRoutes: [...methodsByPath].flatMap(([path, methods]) =>
      path.includes(":")
        ? []
        : order
            .filter((method) => method !== "HEAD")
            .filter((method) => !methods.has(method) && router.find(method, path) !== undefined)
            .map((method) => ({ method, path: path as `/${string}` }))
    )
  }
}
