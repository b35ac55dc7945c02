/** An inventory's question to a catalog behind a server. */
import { OptionId, OptionMappings } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import { expect, it } from "vitest"
import { layerRemoteCatalog } from "../../src/index.ts"
import { option, socks, uuid } from "../catalog/shop.ts"
import { serverForTests } from "../server.ts"

const { port, post } = serverForTests()

const optionsOf = (optionIds: ReadonlyArray<string>, baseUrl = `http://127.0.0.1:${port()}`) =>
  Effect.flatMap(OptionMappings, (catalog) =>
    catalog.optionsOf(optionIds.map((id) => OptionId.make(id)))
  ).pipe(
    Effect.provide(
      Layer.provide(layerRemoteCatalog({ baseUrl, openMillis: 1 }), FetchHttpClient.layer)
    )
  )

it("finds the SKUs of options that are for sale, of many products, by pages", async () => {
  const skuMappings = Array.from({ length: 60 }, (_, n) => ({
    skuId: `known-${n + 10}`,
    quantity: 2
  }))
  const numbers = Array.from({ length: 30 }, (_, n) => n + 1)
  for (const n of numbers) {
    const { status } = await post(
      "/api/products",
      socks({
        type: "BUNDLE",
        status: n === 1 ? "DRAFT" : "ACTIVE",
        options: [option({ optionId: uuid(n), skuMappings })]
      })
    )
    expect(status).toBe(201)
  }
  const answers = await Effect.runPromise(optionsOf([...numbers, 99].map(uuid)))
  expect(answers.map(({ optionId }) => optionId)).toEqual([...numbers, 99].map(uuid))
  expect(answers[0]).toMatchObject({ _tag: "NotForSale", reason: "PRODUCT_NOT_SHOWN" })
  expect(answers[1]).toMatchObject({ _tag: "ForSale", skuMappings })
  expect(answers.slice(1, -1).every(({ _tag }) => _tag === "ForSale")).toBe(true)
  expect(answers.at(-1)).toEqual({ _tag: "Unknown", optionId: uuid(99) })
})

it("fails with Unavailable while the catalog is away", async () => {
  const failure = await Effect.runPromise(Effect.flip(optionsOf([uuid(1)], "http://127.0.0.1:9")))
  expect(failure).toMatchObject({ reason: "Unavailable", isRetryable: true })
  expect(failure.message).toBe("the catalog does not answer: it cannot be reached")
})
