import { describe, expect, it } from "@effect/vitest"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { SkuId } from "../../src/kernel/Identifier.ts"
import { cursor, PageSize } from "../../src/kernel/Page.ts"

const positions = cursor(Schema.Struct({ createdAt: Schema.DateTimeUtcFromString, skuId: SkuId }))

const forged = Result.fail({
  _tag: "InvalidInput",
  issues: [{ path: "cursor", message: "must be a cursor that an earlier page returned" }]
})

describe("a cursor", () => {
  it.prop(
    "leads back to the position that it was made of, and is safe in a URL",
    [Schema.Struct({ createdAt: Schema.DateTimeUtcFromString, skuId: SkuId })],
    ([position]) => {
      const token = positions.encode(position)
      expect(token).toMatch(/^[A-Za-z0-9_-]+$/)
      const again = positions.decode(token)
      if (Result.isFailure(again)) throw new Error("not read")
      expect(positions.encode(again.success)).toBe(token)
    },
    { arbitrary: { runs: 50 } }
  )

  const encoded = (value: unknown) => Base64Url.encode(JSON.stringify(value))

  it.each([
    ["nothing", ""],
    ["words", "; drop table skus"],
    ["no JSON", Base64Url.encode("{")],
    ["bytes", "____"],
    ["another shape", encoded([1])],
    ["another list's", encoded({ position: 1 })],
    [
      "another list's, with more fields",
      encoded({ createdAt: "2026-03-01T09:00:00.000Z", skuId: "a", name: "Mug" })
    ],
    ["no instant", encoded({ createdAt: "yesterday", skuId: "a" })],
    ["an id that is none", encoded({ createdAt: "2026-03-01T09:00:00.000Z", skuId: "' or 1=1" })],
    ["a number too much", encoded({ createdAt: 1, skuId: "a" })]
  ])("cannot be forged of %s", (_, token) => {
    expect(positions.decode(token)).toEqual(forged)
  })
})

describe("a page", () => {
  it("has 1 to 1,000 items", () => {
    const takes = (size: unknown) => Result.isSuccess(Schema.decodeUnknownResult(PageSize)(size))
    expect([1, 1_000].map(takes)).toEqual([true, true])
    expect([0, 1_001, 1.5, "10"].map(takes)).toEqual([false, false, false, false])
  })
})
