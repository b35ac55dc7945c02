import { describe, expect, it } from "@effect/vitest"
import { connectionShares } from "../../src/transaction/connectionShares.ts"

const upkeep = 1

describe("the shares of the connections", () => {
  it("leave three connections beside the lanes, unless lanes are given", () => {
    const lanes = [1, 2, 3, 4, 5, 6, 7, 10, 100].map((n) => connectionShares(n).lanes)
    expect(lanes).toEqual([1, 1, 1, 1, 2, 3, 3, 3, 3])
    expect(connectionShares(10)).toEqual({ lanes: 3, waiters: 3, reads: 3 })
  })

  it("never exceed a pool of 4 or more, with one connection for upkeep", () => {
    for (let connections = 4; connections <= 100; connections++) {
      const { lanes, reads, waiters } = connectionShares(connections)
      expect(lanes + waiters + reads + upkeep).toBeLessThanOrEqual(connections)
    }
  })

  it("keep lanes that are given, and leave one connection beside them", () => {
    const lanes = [1, 2, 8, 9, 10, 64].map((given) => connectionShares(10, given).lanes)
    expect(lanes).toEqual([1, 2, 8, 9, 9, 9])
    expect(connectionShares(1, 4)).toEqual({ lanes: 1, waiters: 1, reads: 1 })
  })
})
