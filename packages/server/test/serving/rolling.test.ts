import { describeProgram } from "@holdfast/test-servers/describeProgram"
import { expect, it, vi } from "vitest"
import { rollingRestart } from "./rolling/rollingRestart.ts"

// A round takes a quarter of a minute alone, and several times that on a busy machine. The drill has
// more rounds and three times the requests. haproxy asks five times a second, and notices after two answers.
vi.setConfig({ testTimeout: 300_000 })

const small = { rounds: 1, requestsPerSecond: 100, leaveTime: "2s" } as const

describeProgram("haproxy", "a rolling restart of three servers behind haproxy", () => {
  it("O4 fails no request of 100 a second, half of them writes, behind one that passes connections on", async () => {
    const { codes, failures, requests } = await rollingRestart({ mode: "tcp", ...small })
    expect(requests).toBeGreaterThan(500)
    expect(Object.fromEntries(failures)).toEqual({})
    expect(codes).toEqual([0, 0, 0])
  })

  it("O4 fails none behind one that reads requests but those under way at a server that is killed, which have one effect when they are sent again", async () => {
    const { codes, kill, requests } = await rollingRestart({ mode: "http", ...small, killed: 1 })
    expect(requests).toBeGreaterThan(500)
    expect(codes).toEqual([0, null, 0])
    expect(kill?.failed).toBeGreaterThan(0)
    expect(kill?.failedLater).toEqual([])
    expect(kill?.others).toEqual([])
    for (const how of kill?.repeated.keys() ?? []) expect(how).toMatch(/^201/)
    expect(kill?.wrong).toEqual([])
  })
})
