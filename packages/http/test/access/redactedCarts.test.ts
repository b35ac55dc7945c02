// The token of a cart is shown by no span and no log of an Effect host: neither where it is served nor where it is sent.
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { newCartToken } from "@holdfast/core/access"
import * as Effect from "effect/Effect"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as Tracer from "effect/Tracer"
import { expect, it } from "vitest"
import {
  layerRedactedNames,
  layerRoutes,
  layerServer,
  makeClient,
  routerConfig
} from "../../src/index.ts"
import { HandClock, memoryEngine } from "../server.ts"

const attribute = "http.request.header.holdfast-cart"

/** Every span, as it ended. */
const tracing = () => {
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  // Effect shows no header in spans unless it is asked to; these hosts ask for every one.
  const layer = Layer.mergeAll(
    Layer.succeed(Tracer.Tracer)(tracer),
    Layer.succeed(HttpMiddleware.TracerHeaderFilter)(() => true),
    Layer.succeed(HttpClient.TracerHeaderFilter)(() => true)
  )
  return { spans, layer }
}

const engine = Layer.suspend(() => memoryEngine(new HandClock()))

/** Asks a server for an order, with a cart and a key, through a client that is traced too. */
const asked = Effect.gen(function* () {
  const token = newCartToken()
  const client = yield* makeClient({
    baseUrl: "",
    transformClient: HttpClient.mapRequest((request) => ({
      ...request,
      headers: Headers.setAll(request.headers, {
        "holdfast-cart": token,
        authorization: "Bearer hf_secret"
      })
    }))
  })
  yield* client.health.live()
  return token
})

const check = (spans: ReadonlyArray<Tracer.NativeSpan>, token: string) => {
  const shown = spans.filter(({ attributes }) => attributes.has(attribute))
  expect(new Set(shown.map(({ kind }) => kind))).toEqual(new Set(["client", "server"]))
  for (const { attributes } of spans) {
    const text = JSON.stringify([...attributes])
    expect(text).not.toContain(token)
    expect(text).not.toContain("hf_secret")
  }
}

it("a server that we make, and the typed client, hide it", () => {
  const { layer, spans } = tracing()
  const served = Layer.provideMerge(Layer.provide(layerServer(), engine), NodeHttpServer.layerTest)
  return Effect.provide(asked, Layer.provideMerge(served, layer)).pipe(
    Effect.map((token) => check(spans, token)),
    Effect.runPromise
  )
})

it("so does a host's own server that is given the names, and keeps those of the host", () => {
  const { layer, spans } = tracing()
  const hosts = Layer.succeed(Headers.CurrentRedactedNames)(["authorization", "x-shop-secret"])
  const shown = HttpRouter.add(
    "GET",
    "/shop",
    Effect.map(Headers.CurrentRedactedNames, (names) => HttpServerResponse.jsonUnsafe(names))
  )
  const served = HttpRouter.serve(Layer.merge(shown, Layer.provide(layerRoutes(), engine)), {
    routerConfig,
    disableLogger: true,
    disableListenLog: true
  }).pipe(Layer.provide(Layer.provideMerge(layerRedactedNames, hosts)))
  return Effect.gen(function* () {
    const token = yield* asked
    check(spans, token)
    const names = yield* Effect.flatMap(HttpClient.get("/shop"), ({ json }) => json)
    expect(names).toEqual(["authorization", "x-shop-secret", "holdfast-cart"])
  }).pipe(
    Effect.provide(Layer.provideMerge(Layer.provideMerge(served, NodeHttpServer.layerTest), layer))
  )
})
