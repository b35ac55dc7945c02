/** H1: one process has one copy of core. */
import { describe, expect, it } from "@effect/vitest"
import { beOnlyCopy, refuseSecondCopy } from "../../src/kernel/onlyCopy.ts"

const another = "file:///shop/node_modules/%40holdfast/http/node_modules/@holdfast/core/dist/a.js"

describe("H1 a second copy of core", () => {
  it("is refused, by a message that names both folders and what to do", () => {
    beOnlyCopy()
    expect(() => refuseSecondCopy(another)).toThrow(/packages\/core\n/)
    expect(() => refuseSecondCopy(another)).toThrow(
      "  /shop/node_modules/@holdfast/http/node_modules/@holdfast/core\n"
    )
    expect(() => refuseSecondCopy(another)).toThrow("npm ls")
  })

  it("is not the same file, loaded again", () => {
    beOnlyCopy()
    const own = new URL("../../src/kernel/onlyCopy.ts", import.meta.url).href
    refuseSecondCopy(own)
    refuseSecondCopy(`${own}?t=17`)
    expect(() => refuseSecondCopy(another)).toThrow()
  })
})
