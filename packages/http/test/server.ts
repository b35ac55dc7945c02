/**
 * A server on a free port of 127.0.0.1 with the in-memory engine, and a caller that sends exactly
 * what the test sets. Every answer it gets is held to two promises: what is refused is a problem, and
 * what is answered is in the OpenAPI document.
 */
import { createServer, request as httpRequest, type ServerOptions } from "node:http"
import { type AddressInfo, connect } from "node:net"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import {
  Inventory,
  InventoryLog,
  type InventoryServices,
  MemoryInventory,
  StockReads,
  StockStore
} from "@holdfast/core/inventory"
import { KeyRing } from "@holdfast/core/secrets"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import * as Scope from "effect/Scope"
import { afterAll, beforeAll, expect } from "vitest"
import { HoldfastApi, type HttpOptions, layerServer, rawProblem } from "../src/index.ts"
import { memoryCatalog } from "./catalog/memoryCatalog.ts"

/** A clock that a test sets forward. */
export class HandClock {
  millis = Date.UTC(2026, 0, 31, 9, 30)

  /** Sets the clock forward by seconds. */
  advance(seconds: number): void {
    this.millis += seconds * 1000
  }

  /** The clock as a layer. */
  readonly layer = Layer.succeed(Clock.Clock, {
    ...Context.get(Context.empty(), Clock.Clock),
    currentTimeMillisUnsafe: () => this.millis,
    currentTimeMillis: Effect.sync(() => this.millis)
  })
}

/** What stands behind a server. */
export type Engine = Layer.Layer<InventoryServices>

/** The store of an engine, replaced in part. */
export interface StoreParts {
  readonly store?: Partial<StockStore["Service"]>
  readonly reads?: Partial<StockReads["Service"]>
  readonly log?: Partial<InventoryLog["Service"]>
  /** Whether the engine has a key ring, and so keeps customers. */
  readonly hasKeyRing?: boolean
}

const keyRing = KeyRing.layer({
  current: "a",
  keys: new Map([["a", Redacted.make(new Uint8Array(32).fill(7))]])
})

/** The in-memory engine by a hand clock, with parts of its store replaced. */
export const memoryEngine = (clock: HandClock, parts: StoreParts = {}): Engine => {
  const { hasKeyRing = false, log, reads, store } = parts
  const memory = Layer.provide(MemoryInventory.layer, clock.layer)
  const replaced = Layer.effectContext(
    Effect.gen(function* () {
      const stockStore = { ...(yield* StockStore), ...store }
      const stockReads = { ...(yield* StockReads), ...reads }
      const stockLog = { ...(yield* InventoryLog), ...log }
      return Context.make(StockStore, stockStore).pipe(
        Context.add(StockReads, stockReads),
        Context.add(InventoryLog, stockLog)
      )
    })
  )
  const stores = Layer.provideMerge(replaced, memory)
  const engine = Inventory.layer()
  return Layer.provideMerge(hasKeyRing ? Layer.provide(engine, keyRing) : engine, stores)
}

/** What an answer came to. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects out of the answer
  readonly json: any
}

/** A request, word for word. */
export interface Sent {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** A body that is sent as it is. */
  readonly raw?: string | Uint8Array
}

const spec = OpenApi.fromApi(HoldfastApi)

const templates = Object.keys(spec.paths).map((path) => ({
  path,
  pattern: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]*")}$`),
  holes: path.split("{").length,
  firstHole: path.indexOf("{")
}))

/** What holds for any request, whatever its endpoint. */
const anywhere = new Set([
  "not-found",
  "method-not-allowed",
  "content-too-large",
  "unsupported-media-type",
  "internal-error",
  "timed-out",
  "store-unavailable",
  "uri-too-long",
  "rate-limited",
  "too-busy",
  "unauthenticated"
])

const expectPromised = (method: string, url: string, answer: Answer): void => {
  const slug = String(answer.json?.type ?? "").replace("urn:holdfast:problem:", "")
  if (answer.status >= 400 && method !== "HEAD") {
    expect(answer.headers["content-type"]).toBe("application/problem+json")
    expect(answer.json).toMatchObject({ status: answer.status, title: expect.any(String) })
    expect(answer.json.type).toMatch(/^urn:holdfast:problem:[a-z-]+$/)
    if (slug === "invalid-input") expect(answer.json.issues.length).toBeGreaterThan(0)
    if ([429, 503].includes(answer.status)) expect(answer.headers["retry-after"]).toMatch(/^\d+$/)
    if (anywhere.has(slug)) return
  }
  const path = url.split("?")[0] ?? ""
  const [template] = templates
    .filter(({ pattern }) => pattern.test(path))
    .sort((a, b) => a.holes - b.holes || b.firstHole - a.firstHole)
  if (template === undefined) return
  const operation = spec.paths[template.path]?.[method.toLowerCase() as "get"]
  if (operation === undefined) return
  const documented = operation.responses[answer.status]
  expect(documented, `${method} ${template.path} answers ${answer.status} ${slug}`).toBeDefined()
  if (answer.status < 400) return
  const named = JSON.stringify(documented?.content?.["application/problem+json"])
  const schemas = spec.components.schemas as Readonly<Record<string, unknown>>
  const types = [...named.matchAll(/schemas\/(\w+)/g)].map(([, name]) => schemas[name ?? ""])
  expect(`${named}${JSON.stringify(types)}`, `${method} ${template.path}: ${slug}`).toContain(
    `problem:${slug}`
  )
}

/** Sends one request and reads its answer. */
export const send = (
  port: number,
  method: string,
  path: string,
  { body, headers, raw }: Sent = {}
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const bytes = raw ?? (body === undefined ? undefined : JSON.stringify(body))
    const json = bytes === undefined ? {} : { "content-type": "application/json" }
    const sent = httpRequest(
      { host: "127.0.0.1", port, method, path, headers: { ...json, ...headers }, agent: false },
      (response) => {
        const chunks: Array<Buffer> = []
        response.on("data", (chunk) => chunks.push(chunk))
        response.on("error", reject)
        response.on("end", () => {
          const isPlain = response.headers["content-encoding"] === undefined
          const text = Buffer.concat(chunks).toString(isPlain ? "utf8" : "latin1")
          const isJson = isPlain && /json/.test(response.headers["content-type"] ?? "")
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: isJson && text !== "" ? JSON.parse(text) : undefined
          })
        })
      }
    )
    sent.on("error", reject)
    sent.end(bytes)
  })

/** Sends bytes as they are and hears what comes back until the other side hangs up. */
export const sendBytes = (port: number, bytes: string, isEnd = true): Promise<string> =>
  new Promise((resolve) => {
    let heard = ""
    const socket = connect(port, "127.0.0.1", () =>
      isEnd ? socket.end(bytes) : socket.write(bytes)
    )
    socket.on("data", (chunk) => {
      heard += chunk.toString("latin1")
    })
    socket.on("error", () => resolve(heard))
    socket.on("close", () => resolve(heard))
  })

/** A server that listens. */
export interface Listening {
  readonly port: number
  readonly call: (method: string, path: string, sent?: Sent) => Promise<Answer>
  readonly close: () => Promise<void>
  /** Closes it as a host does, which waits for requests that are under way. */
  readonly end: () => Promise<void>
}

/** Starts a server over an engine. */
export const listen = async (
  engine: Engine,
  options: HttpOptions = {},
  host: ServerOptions = {}
): Promise<Listening> => {
  const scope = Scope.makeUnsafe()
  const node = createServer(host)
  node.on("clientError", (error: NodeJS.ErrnoException, socket) =>
    socket.end(rawProblem(error.code))
  )
  const app = layerServer(options).pipe(
    Layer.provide(engine),
    Layer.provide(NodeHttpServer.layer(() => node, { port: 0, host: "127.0.0.1" })),
    Layer.provide(Logger.layer([])),
    Layer.provide(Layer.succeed(References.MinimumLogLevel, "None"))
  )
  await Effect.runPromise(Layer.buildWithScope(app, scope))
  const { port } = node.address() as AddressInfo
  const end = () => Effect.runPromise(Scope.close(scope, Exit.void))
  return {
    port,
    call: async (method, path, sent) => {
      const answer = await send(port, method, path, sent)
      expectPromised(method, path, answer)
      return answer
    },
    close: () => {
      node.closeAllConnections()
      return end()
    },
    end
  }
}

/** A server for all tests of a file, over the in-memory engines of both contexts. */
export const serverForTests = (options: HttpOptions = {}, parts: StoreParts = {}) => {
  const clock = new HandClock()
  let listening: Listening | undefined
  const running = (): Listening => {
    if (listening === undefined) throw new Error("the server is not listening")
    return listening
  }
  beforeAll(async () => {
    const engine = Layer.merge(memoryEngine(clock, parts), memoryCatalog(clock))
    listening = await listen(engine, options)
  })
  afterAll(() => listening?.close())
  const call: Listening["call"] = (method, path, sent) => running().call(method, path, sent)
  let skus = 0
  return {
    clock,
    call,
    port: () => running().port,
    get: (path: string) => call("GET", path),
    post: (path: string, body?: unknown, headers: Record<string, string> = {}) =>
      call("POST", path, { body, headers }),
    put: (path: string, body?: unknown, headers: Record<string, string> = {}) =>
      call("PUT", path, { body, headers }),
    patch: (path: string, body?: unknown, headers: Record<string, string> = {}) =>
      call("PATCH", path, { body, headers }),
    remove: (path: string, headers: Record<string, string> = {}) =>
      call("DELETE", path, { headers }),
    /** Registers a SKU of its own for a test; its id. */
    sku: async (initialStock = 0, more: Readonly<Record<string, unknown>> = {}) => {
      const skuId = `sku-${++skus}`
      const body = { skuId, code: skuId, name: `SKU ${skus}`, initialStock, ...more }
      const { status } = await call("POST", "/api/skus", { body })
      expect(status).toBe(201)
      return skuId
    }
  }
}
