/** Holds the paths to the words that no id may be: that list is closed (ADR 15). */
import { reservedWords } from "@holdfast/core/inventory"
import * as HttpApi from "effect/http-api/HttpApi"
import { describe, expect, it } from "vitest"
import { HoldfastApi } from "../../src/index.ts"

const pathsOfApi = (): ReadonlyArray<string> => {
  const paths: Array<string> = []
  HttpApi.reflect(HoldfastApi, {
    onGroup: () => undefined,
    onEndpoint: ({ endpoint }) => paths.push(endpoint.path)
  })
  return [...new Set(paths)]
}

/** Ids that their schemas hold to the list. */
const heldIds: ReadonlySet<string> = new Set([":skuId", ":locationId"])

/** Paths with a fixed word where another path has an id, and the word is not on the list. */
const unlisted = (paths: ReadonlyArray<string>): ReadonlyArray<string> => {
  const parts = paths.map((path) => path.split("/"))
  const before = (path: ReadonlyArray<string>, depth: number) => path.slice(0, depth).join("/")
  return parts
    .filter((path) =>
      path.some(
        (word, depth) =>
          !word.startsWith(":") &&
          !reservedWords.has(word) &&
          parts.some(
            (other) =>
              heldIds.has(other[depth] ?? "") && before(other, depth) === before(path, depth)
          )
      )
    )
    .map((path) => path.join("/"))
}

describe("words of the paths", () => {
  it("are on the list of those that no id may be, which is closed", () => {
    expect([...reservedWords]).toEqual([
      ".",
      "..",
      "reservations",
      "orders",
      "stock-status",
      "check-availability",
      "reconciliation",
      "movements",
      "levels",
      "events"
    ])
    const paths = pathsOfApi()
    expect(paths).toContain("/api/inventory/:skuId")
    expect(unlisted(paths)).toEqual([])
  })

  it("would be seen if a new one stood where an id stands", () => {
    const added = ["/api/inventory/audit", "/api/skus/import", "/api/locations/default/close"]
    expect(unlisted([...pathsOfApi(), ...added])).toEqual(added)
    const harmless = ["/api/audit", "/api/inventory/:skuId/audit", "/api/inventory/levels"]
    expect(unlisted([...pathsOfApi(), ...harmless])).toEqual([])
  })
})
