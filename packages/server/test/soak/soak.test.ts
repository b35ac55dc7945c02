/** A few seconds of the soak, so that it does not rot, and whether it would notice what grows. */

import { whyNoPostgres } from "@holdfast/test-servers"
import { describeUnless } from "@holdfast/test-servers/describeUnless"
import { describe, expect, it, vi } from "vitest"
import { judge, type Sample } from "./judging.ts"
import { soak } from "./soak.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 })

const mebibyte = 1_048_576

/** A sample each ten seconds for ten minutes, changed by how far it is. */
const samplesOf = (change: (minutes: number) => Partial<Sample>): ReadonlyArray<Sample> =>
  Array.from({ length: 60 }, (_, n) => {
    const minutes = (n + 1) / 6
    // Up and down, as a heap goes, and steep in the beginning.
    const heapBytes = (60 + 20 * Math.min(1, minutes / 2) + 3 * Math.sin(n)) * mebibyte
    const still = { heapBytes, files: 60 + (n % 3), handles: 40 + (n % 2), connections: 9 }
    return { atMillis: minutes * 60_000, ...still, ...change(minutes) }
  })

describe("what the soak says", () => {
  it("finds nothing where nothing grows after the warm-up", () => {
    const { faults, heapSlope } = judge(
      samplesOf(() => ({})),
      120_000
    )
    expect(faults).toEqual([])
    expect(Math.abs(heapSlope)).toBeLessThan(0.2)
  })

  it.each<readonly [string, (minutes: number) => Partial<Sample>, RegExp]>([
    [
      "a heap that grows by 1.5 MiB a minute",
      (minutes) => ({ heapBytes: (80 + 1.5 * minutes) * mebibyte }),
      /^the heap grew by 1\.50 MiB a minute$/
    ],
    ["files that stay open", (minutes) => ({ files: 60 + Math.floor(2 * minutes) }), /^files grew/],
    ["timers that stay", (minutes) => ({ handles: 40 + Math.floor(minutes) }), /^handles grew/],
    [
      "connections that are not given back",
      (minutes) => ({ connections: 9 + Math.floor(minutes) }),
      /^connections grew from 1\d to 1\d$/
    ]
  ])("notices %s", (_, change, fault) => {
    expect(judge(samplesOf(change), 120_000).faults).toEqual([expect.stringMatching(fault)])
  })

  it("refuses to say anything by a handful of samples", () => {
    expect(() => judge(samplesOf(() => ({})).slice(0, 10), 120_000)).toThrow("say nothing")
  })
})

const reason = process.platform === "linux" ? whyNoPostgres(18) : "SKIPPED: it reads /proc of Linux"

describeUnless(reason, "a soak of four seconds", () => {
  it("fails no request, and sees what the server holds", async () => {
    const { code, failures, requests, samples } = await soak({
      ...{ requestsPerSecond: 50, millis: 4_000, sampleMillis: 400 }
    })
    expect(Object.fromEntries(failures)).toEqual({})
    expect(requests).toBeGreaterThan(150)
    expect(code).toBe(0)
    const { connections, files, handles } = judge(samples, 0)
    for (const [first, last] of [connections, files, handles]) {
      expect(first).toBeGreaterThan(0)
      expect(last).toBeLessThan(200)
    }
    for (const { heapBytes } of samples) expect(heapBytes / mebibyte).toBeGreaterThan(10)
  })
})
