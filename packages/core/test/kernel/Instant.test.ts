import * as DateTime from "effect/DateTime"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { Instant } from "../../src/kernel/Instant.ts"
import { reader } from "../../src/kernel/InvalidInput.ts"

const read = reader(Instant)

describe("an instant", () => {
  it("is read with its zone", () => {
    const instants = ["2026-01-31T09:30:00Z", "2026-01-31T18:30+09:00", "2026-01-31T09:30:00.000Z"]
    for (const text of instants) {
      expect(DateTime.formatIso(Result.getOrThrow(read(text)))).toBe("2026-01-31T09:30:00.000Z")
    }
  })

  it("is nothing that has to be guessed, and no year that a database may not keep", () => {
    for (const text of [
      "1",
      "2026",
      "2026-01-31",
      "2026-01-31T09:30:00",
      "May 1 2026",
      "2026-13-01T00:00:00Z",
      "2026-01-31T25:00:00Z",
      "+275760-09-13T00:00:00Z",
      "-000001-01-01T00:00:00Z",
      "0000-01-01T00:00:00Z",
      "9999-12-31T23:59:59-12:00",
      "",
      1
    ]) {
      expect([text, Result.isFailure(read(text))]).toEqual([text, true])
    }
  })
})
