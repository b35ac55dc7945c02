import { describeProgram } from "@holdfast/test-servers/describeProgram"
import { expect, it, vi } from "vitest"
import { rollingRestart } from "./rolling/rollingRestart.ts"

// A round takes half a minute alone, and several times that on a busy machine. The drill has more
// rounds and twice the requests.
vi.setConfig({ testTimeout: 300_000 })

describeProgram("haproxy", "a rolling restart of three servers behind haproxy", () => {
  for (const [mode, what] of [
    ["http", "that reads requests"],
    ["tcp", "that passes connections on"]
  ] as const) {
    it(`O4 fails no request of 100 a second, half of them writes, behind one ${what}`, async () => {
      const { codes, failures, requests } = await rollingRestart({
        mode,
        rounds: 1,
        requestsPerSecond: 100,
        leaveTime: "5s"
      })
      expect(requests).toBeGreaterThan(500)
      expect(Object.fromEntries(failures)).toEqual({})
      expect(codes).toEqual([0, 0, 0])
    })
  }
})
