/** Which partitions of the log may go: the oldest first, and none before its time. */
import { describe, expect, it } from "@effect/vitest"
import { droppable, type OldPartition, type Standings } from "../../src/schema/pruneEvents.ts"

/** Partitions of ten positions each, whose last events are so many days old at day 100. */
const partitions = (...ages: ReadonlyArray<number>): ReadonlyArray<OldPartition> =>
  ages.map((age, index) => ({
    name: `p${index}`,
    to: (index + 1) * 10,
    last: { position: index * 10 + 8, instant: 100 - age },
    inDefault: null
  }))

const standings = (more: Partial<Standings> = {}): Standings => ({
  horizon: 0,
  settled: 1_000,
  cursors: [],
  ...more
})

const never = Number.NEGATIVE_INFINITY
const at = (name: string, position: number) => ({ name, position })

describe("what may go of the log", () => {
  it("is what is old enough, up to the last event in it", () => {
    expect(droppable(partitions(40, 31, 29), standings(), { read: 70, unread: never })).toEqual({
      dropped: ["p0", "p1"],
      horizon: 18,
      lost: [],
      kept: null
    })
  })

  it("is nothing behind a younger one", () => {
    const pruned = droppable(partitions(40, 20, 40), standings(), { read: 70, unread: never })
    expect(pruned.dropped).toEqual(["p0"])
  })

  it("is nothing that a cursor has not passed, and the cursor is named", () => {
    const cursors = [at("all", 28), at("some", 9), at("more", 10)]
    expect(
      droppable(partitions(40, 40, 40), standings({ cursors }), { read: 70, unread: never })
    ).toEqual({
      dropped: ["p0"],
      horizon: 8,
      lost: [],
      kept: "p1: not passed yet by some, more"
    })
  })

  it("is also what a cursor has not passed in time, which is lost", () => {
    const cursors = [at("slow", 3), at("slower", 2), at("fast", 30)]
    const cutoffs = { read: 90, unread: 60 }
    expect(droppable(partitions(50, 45, 39), standings({ cursors }), cutoffs)).toEqual({
      dropped: ["p0", "p1"],
      horizon: 18,
      lost: ["slow", "slower"],
      kept: "p2: not passed yet by slow, slower"
    })
  })

  it("is not kept for a cursor that was lost before", () => {
    const known = standings({ horizon: 5, cursors: [at("lost", 4)] })
    expect(droppable(partitions(40), known, { read: 70, unread: never }).dropped).toEqual(["p0"])
  })

  it("is nothing to which a transaction may still write", () => {
    for (const [settled, dropped] of [
      [8, []],
      [9, ["p0"]]
    ] as const) {
      const known = standings({ settled })
      expect(droppable(partitions(40, 40), known, { read: 70, unread: never }).dropped).toEqual(
        dropped
      )
    }
  })

  it("is nothing after events in the DEFAULT partition", () => {
    const [first, second] = partitions(40, 40).map((one) => ({ ...one, inDefault: 12 }))
    if (first === undefined || second === undefined) return expect.unreachable()
    expect(droppable([first, second], standings(), { read: 70, unread: never })).toMatchObject({
      dropped: ["p0"],
      kept: "p1: events of before are in events_default"
    })
  })

  it("leaves the horizon where it is when a partition is empty", () => {
    const empty = { name: "p0", to: 10, last: null, inDefault: null }
    expect(droppable([empty], standings(), { read: 70, unread: never })).toMatchObject({
      dropped: ["p0"],
      horizon: 0
    })
  })
})
