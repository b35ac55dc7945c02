import { describe, expect, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { readCommand } from "../../../src/catalog/services/readCommand.ts"
import { c, o, p, sold } from "../decide/words.ts"

const issuesOf = (command: unknown): ReadonlyArray<string> => {
  const read = readCommand(command)
  return Result.isFailure(read)
    ? read.failure.issues.map(({ message, path }) => `${path}: ${message}`)
    : []
}
const product = (rest: object) =>
  issuesOf({ _tag: "CreateProduct", name: "Tea", type: "NORMAL", ...rest })
const option = (rest: object) => product({ options: [sold(1, rest)] })

describe("input of the catalog that cannot be read", () => {
  it("names every bad field at once", () => {
    expect(
      product({
        productId: "1",
        name: "",
        type: "BOX",
        description: "x".repeat(1_000_000),
        status: "INACTIVE",
        categoryIds: [c(1), c(1)],
        surprise: 1
      }).map((issue) => issue.split(":")[0])
    ).toEqual(
      expect.arrayContaining([
        "productId",
        "name",
        "type",
        "description",
        "status",
        "categoryIds.1",
        "surprise"
      ])
    )
  })

  it("has bounds on lists: options, mappings, images, categories", () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => n)
    expect(product({ options: many(10_000).map((n) => ({ name: `${n}` })) })).toEqual([
      "options: must hold at most 1000 options"
    ])
    const skuMappings = many(101).map((n) => ({ skuId: `s-${n}`, quantity: 1 }))
    expect(option({ skuMappings })).toEqual([
      "options.0.skuMappings: must hold at most 100 mappings"
    ])
    expect(product({ images: many(101).map((n) => ({ url: `/${n}` })) })).toEqual([
      "images: must hold at most 100 images"
    ])
    expect(product({ categoryIds: many(51).map(c) })).toEqual([
      "categoryIds: must hold at most 50 categories"
    ])
    expect(product({ options: many(1_000).map((n) => ({ name: `${n}` })) })).toEqual([])
  })

  it("names the second of two equal things", () => {
    const twice = [
      { skuId: "a", quantity: 1 },
      { skuId: "a", quantity: 2 }
    ]
    expect(option({ skuMappings: twice })).toEqual([
      'options.0.skuMappings.1.skuId: "a" stands here twice'
    ])
    expect(product({ options: [sold(1), sold(2), sold(1)] })).toEqual([
      `options.2.optionId: "${o(1)}" stands here twice`
    ])
    expect(product({ images: [{ url: "/a" }, { url: "/a" }] })).toEqual([
      'images.1.url: "/a" stands here twice'
    ])
    const primary = { isPrimary: true }
    expect(
      product({
        images: [
          { url: "/a", ...primary },
          { url: "/b", ...primary }
        ]
      })
    ).toEqual(["images.1.isPrimary: another image is primary already"])
    expect(product({ categoryIds: [c(1)], primaryCategoryId: c(2) })).toEqual([
      "primaryCategoryId: must be one of categoryIds"
    ])
  })

  it("takes no address that a browser would run", () => {
    const address = (url: string) => product({ images: [{ url }] })
    for (const url of ["https://x.example/a.png", "http://x.example", "/a.png", "HTTPS://x/é"]) {
      expect([url, address(url)]).toEqual([url, []])
    }
    for (const url of [
      ...["javascript:alert(1)", "data:image/png;base64,AA", "//x.example/a", "a.png", ""],
      ...["https://", "https:///x", "/a b", "ftp://x/y"]
    ]) {
      expect([url, address(url).length]).toEqual([url, 1])
    }
  })

  it("takes slugs that are one part of an address", () => {
    const slug = (text: string) => product({ slug: text })
    for (const text of ["tea", "green-tea-2", "녹차", "thé-vert", "x"]) {
      expect([text, slug(text)]).toEqual([text, []])
    }
    for (const text of ["Tea", "a--b", "-a", "a-", "a b", "a/b", "", "a_b", "x".repeat(256)]) {
      expect([text, slug(text).length]).toEqual([text, 1])
    }
  })

  it("takes languages with script and region, each with texts within their bounds", () => {
    const translations = (texts: object) => product({ translations: texts })
    for (const locale of ["ko", "pt-BR", "zh-Hant-TW", "fil", "es-419"]) {
      expect([locale, translations({ [locale]: { name: "x" } })]).toEqual([locale, []])
    }
    for (const locale of ["KO", "korean", "ko_KR", "ko-kr", "k", "", "x-klingon"]) {
      expect([locale, translations({ [locale]: { name: "x" } }).length]).toEqual([locale, 1])
    }
    expect(translations({ ko: { name: "" } })[0]).toMatch(/^translations\.ko\.name: /)
    const many = Object.fromEntries(
      Array.from({ length: 51 }, (_, n) => [`ko-${100 + n}`, { name: "x" }])
    )
    expect(translations(many)).toEqual(["translations: must name at most 50 locales"])
    expect(option({ translations: { ko: { name: null } } }).length).toBe(1)
  })

  it("keeps metadata within 16 KiB of storable JSON", () => {
    const metadata = (value: unknown) => product({ metadata: value })
    expect(metadata({ a: "x".repeat(16_376) })).toEqual([])
    expect(metadata({ a: "x".repeat(16_377) })).toEqual([
      "metadata: must be at most 16384 bytes as JSON; it has 16385"
    ])
    expect(metadata({ a: "é".repeat(8_200) })).toEqual([
      "metadata: must be at most 16384 bytes as JSON; it has 16408"
    ])
    expect(metadata({ a: "\u0000" }).length).toBe(1)
    expect(metadata({ "\ud800": 1 }).length).toBe(1)
    expect(metadata({ a: "\\u0000 and \\\\ud800" })).toEqual([])
    const deep = (levels: number) => ({ a: JSON.parse("[".repeat(levels) + "]".repeat(levels)) })
    expect(metadata(deep(32))).toEqual([])
    for (const levels of [33, 8_000]) {
      expect(metadata(deep(levels))).toEqual(["metadata: must be at most 32 levels deep"])
    }
    expect(metadata({ a: Array.from({ length: 500_000 }, () => 1) })).toEqual([
      "metadata: must be at most 16384 bytes as JSON; it has 1000007"
    ])
    for (const value of [
      [1],
      "text",
      1,
      ...[1n, Number.NaN, undefined, new Map()].map((a) => ({ a }))
    ]) {
      expect(metadata(value).length).toBe(1)
    }
  })

  it("takes a revision, a position and stock as whole numbers", () => {
    const update = { _tag: "UpdateProduct", productId: p(1) }
    for (const expectedVersion of [0, -1, 1.5, "1", null]) {
      expect(issuesOf({ ...update, expectedVersion }).length).toBe(1)
    }
    const fact = { skuId: "a", availableQuantity: 0, version: 0 }
    const follow = (stock: unknown) => issuesOf({ _tag: "FollowStock", productId: p(1), stock })
    expect(follow([fact])).toEqual([])
    expect(follow([])).toEqual(["stock: must hold 1 to 5000 SKUs"])
    expect(follow([{ ...fact, availableQuantity: -1 }]).length).toBe(1)
  })

  it("needs what a command is about", () => {
    expect(issuesOf({ _tag: "MoveCategory", categoryId: c(1) })).toEqual(["parentId: is required"])
    expect(issuesOf({ _tag: "CreateCategory" })).toEqual(["name: is required"])
    expect(issuesOf({ _tag: "AddOption", productId: p(1) })).toEqual(["name: is required"])
    expect(issuesOf({ _tag: "Paint" })).toEqual(["_tag: must name a command"])
  })
})
