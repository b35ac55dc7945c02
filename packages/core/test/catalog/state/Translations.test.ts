import { describe, expect, it } from "@effect/vitest"
import {
  fallbackOf,
  textIn,
  tooManyTranslations,
  withTranslations
} from "../../../src/catalog/state/Translations.ts"

const bare: { readonly name: string | null; readonly description: string | null } = {
  name: null,
  description: null
}
const ko = { ko: { name: "차", description: null } }

describe("translations", () => {
  it("are merged text by text, and are gone without any", () => {
    expect(withTranslations({}, { ko: { name: "차" } }, bare)).toEqual(ko)
    const both = withTranslations(ko, { ko: { description: "초록" }, de: { name: "Tee" } }, bare)
    expect(JSON.stringify(both)).toBe(
      '{"de":{"name":"Tee","description":null},"ko":{"name":"차","description":"초록"}}'
    )
    expect(withTranslations(both, { de: null, ko: { name: null } }, bare)).toEqual({
      ko: { name: null, description: "초록" }
    })
    expect(withTranslations(ko, { ko: { name: null }, fr: null }, bare)).toEqual({})
    expect(withTranslations(ko, {}, bare)).toEqual(ko)
  })

  it("are read from the nearest language on", () => {
    expect(fallbackOf("zh-Hant-TW")).toEqual(["zh-Hant-TW", "zh-Hant", "zh"])
    expect(textIn(ko, "name", "ko-KR", "Tea")).toBe("차")
    expect(textIn(ko, "name", "de", "Tea")).toBe("Tea")
    expect(textIn(ko, "name", undefined, "Tea")).toBe("Tea")
    expect(textIn({ ko: { name: null } }, "name", "ko", null)).toBeNull()
    expect(textIn({}, "name", "constructor", "Tea")).toBe("Tea")
  })

  it("have bounds over all of them together", () => {
    const locales = (count: number, text: string) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`ko-${100 + n}`, { name: text }]))
    expect(tooManyTranslations(locales(50, "x"))).toBeUndefined()
    expect(tooManyTranslations(locales(51, "x"))).toBe("would have 51 locales; there may be 50")
    expect(tooManyTranslations(locales(50, "🍵".repeat(2_000)))).toBeUndefined()
    expect(tooManyTranslations(locales(50, "🍵".repeat(2_001)))).toBe(
      "would have 100050 code points; there may be 100000"
    )
  })
})
