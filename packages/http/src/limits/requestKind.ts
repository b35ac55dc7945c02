/**
 * What a request is, as far as limits go: a read, a write, or something that is never limited. A POST
 * that only asks, such as a batch of stock, is a read.
 */
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpApi from "effect/http-api/HttpApi"
import * as SchemaAST from "effect/SchemaAST"
import { HoldfastApi } from "../HoldfastApi.ts"
import type { HttpSettings } from "../kit/HttpOptions.ts"

/** What limits know of a request. Another door draws by itself, once it knows what is asked. */
export type RequestKind = "reads" | "writes" | "free" | "door"

/** Groups whose operations write without a key. */
const keyless = new Set(["webhooks", "imports", "carts"])

/** The paths that only ask although they take a POST: an operation that writes takes a key. */
export const askingPaths = (): ReadonlySet<string> => {
  const paths = new Set<string>()
  HttpApi.reflect(HoldfastApi, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint: { headers, method, path }, group }) => {
      if (method !== "POST" || path.includes(":") || keyless.has(group.identifier)) return
      const ast = headers?.ast
      const fields = ast !== undefined && SchemaAST.isObjects(ast) ? ast.propertySignatures : []
      if (!fields.some(({ name }) => name === "idempotency-key")) paths.add(path)
    }
  })
  return paths
}

let known: ReadonlySet<string> | undefined

const safe = new Set(["GET", "HEAD"])

/** The kind of a request; `path` is what comes after the base path, without a query. */
export const requestKind = (method: string, path: string): RequestKind => {
  if (path.startsWith("/health/") || method === "OPTIONS") return "free"
  if (safe.has(method)) return "reads"
  known ??= askingPaths()
  return method === "POST" && known.has(path) ? "reads" : "writes"
}

/** The kind of a request to the routes that the settings tell of. */
export const kindOf = (
  { method, url }: Pick<HttpServerRequest, "method" | "url">,
  { basePath, doors }: Pick<HttpSettings["Service"], "basePath" | "doors">
): RequestKind => {
  const [whole = ""] = url.split(/[?;#]/, 1)
  const path = whole.startsWith(basePath) ? whole.slice(basePath.length) : whole
  return doors.some((door) => door.path === path) && method !== "OPTIONS"
    ? "door"
    : requestKind(method, path)
}
