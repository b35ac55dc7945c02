import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import type { Product } from "../../../src/catalog/state/Product.ts"
import {
  searchQueryOf,
  searchRankOf,
  searchWordsOf
} from "../../../src/catalog/state/SearchQuery.ts"
import {
  isFoundOtherwise,
  searchedBytesMax,
  searchTextOf
} from "../../../src/catalog/state/SearchText.ts"
import { normalised } from "../../../src/catalog/state/searchWords.ts"
import { ProductId } from "../../../src/kernel/Identifier.ts"

const now = DateTime.makeUnsafe("2026-01-01T00:00:00Z")

const productOf = (details: Partial<Product>): Product => ({
  id: ProductId.make("00000000-0000-7000-8000-000000000001"),
  name: "A product",
  description: null,
  translations: {},
  type: "NORMAL",
  status: "ACTIVE",
  images: [],
  options: [],
  categories: [],
  externalId: null,
  slug: null,
  attributes: {},
  metadata: null,
  publishAt: null,
  unpublishAt: null,
  version: 1,
  revision: 1,
  createdAt: now,
  updatedAt: now,
  ...details
})

const rankOf = (q: string, details: Partial<Product>) =>
  searchRankOf(searchQueryOf(q), searchTextOf(productOf(details)))

const wordsIn = (text: string) => searchWordsOf(text).map(({ characters }) => characters.join(""))

describe("text that is searched", () => {
  it("has no case, no width and no accents, and keeps the marks that are letters", () => {
    expect(normalised("CRÈME ＢＲÛＬÉＥ")).toBe("creme brulee")
    expect(normalised("ｶﾞﾗｽ")).toBe("ガラス")
    expect(normalised("각")).toBe("각")
    expect(normalised("नमस्ते")).toBe("नमस्ते")
    expect(normalised(`e${"\u0301\u0327".repeat(20_000)}x`)).toBe("ex")
    expect(normalised(`\u05d0${"\u0483\u0301".repeat(2)}`)).toBe("\u05d0\u0483")
  })

  it("is cut into words, and where the script changes", () => {
    expect(wordsIn("AB-1234/xl, galaxy갤럭시S24")).toEqual([
      "ab",
      "1234",
      "xl",
      "galaxy",
      "갤럭시",
      "s24"
    ])
    expect(wordsIn("!? --")).toEqual([])
  })

  it("ends after 64 KiB, with the names first", () => {
    const description = "가".repeat(20_000)
    const translations = Object.fromEntries(
      ["de", "en", "fr"].map((locale) => [locale, { name: `name ${locale}`, description }])
    )
    const { lexemes, text } = searchTextOf(productOf({ description, translations }))
    expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(searchedBytesMax)
    expect(text.length).toBeGreaterThan(20_000)
    expect(lexemes.get("wname")).toBe("NAME")
    expect(lexemes.get("p가가")).toBe("ELSEWHERE")
  })

  it("is other text only when something is found by it", () => {
    const before = productOf({})
    expect(isFoundOtherwise(before, { ...before, status: "DRAFT", metadata: { a: 1 } })).toBe(false)
    expect(isFoundOtherwise(before, { ...before, description: "New" })).toBe(true)
    expect(isFoundOtherwise(before, { ...before, slug: "new" })).toBe(true)
  })
})

describe("a search", () => {
  const name = "Bluetooth headphones"

  it.each([
    ["bluetooth", 0],
    ["HEAD", 0],
    ["phone", 0],
    ["headphones bluetooth", 0],
    ["leather", 1],
    ["bluetooth leather", 1],
    // One letter less, one more, another one, and two exchanged.
    ["bluetoth", 2],
    ["bluettooth", 2],
    ["bluetaoth", 2],
    ["bluetooht", 2],
    ["bluxtoyth", undefined],
    ["headset", undefined],
    ["bluetooth keyboard", undefined]
  ])("for %s has the rank %s", (q, rank) => {
    expect(rankOf(q, { name, description: "In a leather case" })).toBe(rank)
  })

  it("finds the parts of a name, not those of a description", () => {
    expect(rankOf("phone", { name: "A", description: name })).toBeUndefined()
    expect(rankOf("head", { name: "A", description: name })).toBe(1)
  })

  it("finds unspaced text by any two of its characters, and one at a beginning", () => {
    expect(rankOf("가방", { name: "여행가방" })).toBe(0)
    expect(rankOf("방", { name: "여행가방" })).toBe(0)
    expect(rankOf("행방", { name: "여행가방" })).toBeUndefined()
    expect(rankOf("가나다라", { name: "다라 가나다" })).toBeUndefined()
  })
})
