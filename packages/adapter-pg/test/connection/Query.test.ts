import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import {
  asText,
  bools,
  instant,
  instants,
  int8,
  int8s,
  text,
  texts
} from "../../src/connection/Query.ts"

const at = DateTime.makeUnsafe("2026-02-03T04:05:06.789Z")

describe("H8 a parameter as text", () => {
  it("is what the server reads as the same value", () => {
    expect(
      [text("a'b\\"), text(null), int8(9_007_199_254_740_991), instant(null)].map(asText)
    ).toEqual(["a'b\\", null, "9007199254740991", null])
    expect(asText(instant(at.epochMilliseconds))).toBe("2026-02-03T04:05:06.789Z")
  })

  it("quotes the elements of an array, and tells null from the word", () => {
    expect(asText(texts(["", "NULL", null, '{"a", \\}']))).toBe(
      '{"","NULL",NULL,"{\\"a\\", \\\\}"}'
    )
    expect(asText(int8s([1, null, -2]))).toBe('{"1",NULL,"-2"}')
    expect(asText(bools([true, false]))).toBe('{"true","false"}')
    expect(asText(instants([at, null]))).toBe('{"2026-02-03T04:05:06.789Z",NULL}')
    expect([texts([]), bools([])].map(asText)).toEqual(["{}", "{}"])
  })
})
