import { describe, expect, it } from "@effect/vitest"
import { OpenLanes } from "../../src/engine/lanes/OpenLanes.ts"

/** A process of which the test says how its time went since the last look. */
const process = () => {
  const time = { idle: 0, active: 0 }
  const lanes = new OpenLanes(3, { batchMax: 500, weightMax: 1_000 }, () => ({ ...time }))
  const spend = (idle: number, active: number) => {
    time.idle += idle
    time.active += active
  }
  return { lanes, spend }
}

const load = (requests: number, weight = requests) => ({ requests, weight })

describe("open lanes", () => {
  it("follow the load up, one at a time, and down when it stays low", () => {
    const { lanes, spend } = process()
    const seen = [499, 499, 1_500, 1_500, 1_500, 1_500].map((requests) => {
      lanes.noteLoad(load(requests))
      spend(20, 10)
      return lanes.count
    })
    expect(seen).toEqual([1, 1, 1, 2, 3, 3])
    const counts = new Set<number>()
    for (let batch = 0; batch < 100; batch++) {
      lanes.noteLoad(load(100))
      lanes.noteBatch(5)
      counts.add(lanes.count)
    }
    expect([...counts]).toEqual([3, 2, 1])
  })

  it("stay open between two batches of the callers who opened them", () => {
    const { lanes, spend } = process()
    lanes.noteLoad(load(512))
    spend(20, 5)
    lanes.noteLoad(load(512))
    expect(lanes.count).toBe(2)
    for (let batch = 0; batch < 100; batch++) {
      lanes.noteLoad(load(batch % 2 === 0 ? 256 : 512))
      lanes.noteBatch(5)
      expect(lanes.count).toBe(2)
    }
  })

  it("open by weight too", () => {
    const { lanes, spend } = process()
    lanes.noteLoad(load(50, 1_000))
    spend(20, 5)
    lanes.noteLoad(load(50, 1_000))
    expect(lanes.count).toBe(2)
  })

  it("do not open before the process was watched for a while, nor when it was busy", () => {
    const { lanes, spend } = process()
    lanes.noteLoad(load(1_500))
    spend(19, 0)
    lanes.noteLoad(load(1_500))
    expect(lanes.count).toBe(1)
    spend(0, 200)
    lanes.noteLoad(load(1_500))
    expect(lanes.count).toBe(1)
    spend(20, 80)
    lanes.noteLoad(load(1_500))
    expect(lanes.count).toBe(2)
  })

  it("do not open again for time that was to spare before they closed", () => {
    const { lanes, spend } = process()
    for (let look = 0; look < 3; look++) {
      lanes.noteLoad(load(1_500))
      spend(30, 0)
    }
    expect(lanes.count).toBe(3)
    // For as long as all are open, nothing is watched.
    spend(1_000, 1_000)
    while (lanes.count === 3) lanes.noteBatch(5)
    spend(0, 200)
    // One request may be as heavy as three batches.
    lanes.noteLoad(load(1, 3_000))
    spend(0, 200)
    lanes.noteLoad(load(1, 3_000))
    expect(lanes.count).toBe(2)
  })

  it("call a batch stalled that takes far longer than others do", () => {
    const { lanes } = process()
    expect([49, 50].map((millis) => lanes.isStalled(millis))).toEqual([false, true])
    for (let batch = 0; batch < 100; batch++) lanes.noteBatch(30)
    expect([100, 119, 121].map((millis) => lanes.isStalled(millis))).toEqual([false, false, true])
  })
})
