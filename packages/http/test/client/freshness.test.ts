/** What one context asks of the other says whether it may come from a cache, and what must be in it. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { RequestMinVersions } from "@holdfast/core/caching"
import { StockMayBeOld, StockStatus } from "@holdfast/core/catalog"
import { OptionId, OptionMappings, SkuId } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import { afterAll, beforeAll, expect, it } from "vitest"
import { layerRemoteCatalog, layerRemoteInventory } from "../../src/index.ts"

const heard: Array<readonly [string | undefined, unknown]> = []

const server = createServer((request, response) => {
  heard.push([request.headers["cache-control"], request.headers["if-min-version"]])
  request.resume()
  const body = request.url?.includes("stock-status")
    ? { items: [], unknownSkuIds: [] }
    : { mappings: [], next: null }
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body))
})

let baseUrl = ""

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => new Promise((resolve) => server.close(resolve)))

const ask = (isForPeople: boolean, demanded = new Map<string, number>()) =>
  Effect.flatMap(StockStatus, ({ stockOf }) => stockOf([SkuId.make("mug")])).pipe(
    Effect.provideService(StockMayBeOld, isForPeople),
    Effect.provideService(RequestMinVersions, demanded),
    Effect.provide(Layer.provide(layerRemoteInventory({ baseUrl }), FetchHttpClient.layer)),
    Effect.runPromise
  )

it("asks the store for what is decided by, and a cache for what people look at", async () => {
  await ask(false)
  await ask(true)
  await ask(true, new Map([["sku:mug", 12]]))
  const mappings = Effect.flatMap(OptionMappings, ({ optionsOf }) =>
    optionsOf([OptionId.make("00000000-0000-4000-8000-000000000001")])
  )
  const catalog = Layer.provide(layerRemoteCatalog({ baseUrl }), FetchHttpClient.layer)
  await Effect.runPromise(Effect.provide(mappings, catalog))
  expect(heard).toEqual([
    ["no-cache", undefined],
    [undefined, undefined],
    [undefined, "sku:mug=12"],
    ["no-cache", undefined]
  ])
})
