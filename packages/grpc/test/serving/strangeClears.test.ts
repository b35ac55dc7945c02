/** Paths of `clear` that were made to hurt: each is refused at once, and the connection lives on. */
import { create, toBinary } from "@bufbuild/protobuf"
import { afterAll, beforeAll, expect, it } from "vitest"
import { services } from "../../src/contract/services.ts"
import { type GrpcWorld, openGrpcWorld } from "../access/world.ts"

let world: GrpcWorld
beforeAll(async () => {
  world = await openGrpcWorld()
})
afterAll(() => world.close())

const id = "00000000-0000-4000-8000-000000000001"

const update = (clear: ReadonlyArray<string>) => {
  const { input, parent, name } = services.catalog.method.updateProduct as never as {
    readonly input: Parameters<typeof create>[0]
    readonly parent: { readonly typeName: string }
    readonly name: string
  }
  const options = [{ optionId: id, name: "One" }]
  const request = create(input, { productId: id, options, metadata: {}, clear } as never)
  return world.client.raw(`/${parent.typeName}/${name}`, Buffer.from(toBinary(input, request)))
}

it.each([
  ["a place beyond a list", "options.4294967294"],
  ["a place beyond a list, further in", "options.4294967294.price"],
  ["a field that every list has", "options.length"],
  ["a place that is no number", "options.one"],
  ["a path of 100,000 steps", `metadata${".a".repeat(100_000)}`],
  ["a path of a megabyte", "x".repeat(1_000_000)],
  ["a path of signs of three bytes", "値".repeat(100_000)],
  ["the prototype of all objects", "metadata.__proto__.x"]
])("%s is refused by its name", async (_about, path) => {
  const { code, fields, reason } = await update([path])
  expect({ code, reason }).toEqual({ code: 3, reason: "INVALID_INPUT" })
  expect(fields).toHaveLength(1)
  expect(path.startsWith(String(fields?.[0]).replace(/…$/, ""))).toBe(true)
})

it("as many long names as are named at all fit into the trailers", async () => {
  const { code, fields } = await update(
    Array.from({ length: 50 }, (_, n) => `${n}${"値".repeat(2_000)}`)
  )
  expect({ code, count: fields?.length }).toEqual({ code: 3, count: 20 })
})

it("an item of a list that is there is cleared further in", async () => {
  // All is read then, and it is only said that there is no such product.
  expect(await update(["options.0.price", "metadata.key"])).toMatchObject({
    code: 5,
    reason: "PRODUCT_NOT_FOUND"
  })
})
