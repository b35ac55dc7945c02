/** Which replica is read: the least lag first, none beyond the bound, none that followed another primary. */
import { describe, expect, it } from "@effect/vitest"
import type { SessionPool } from "../../src/connection/SessionPool.ts"
import { LsnHistory } from "../../src/replicas/LsnHistory.ts"
import {
  lagOf,
  leastLagging,
  newReplica,
  type Replica,
  stateOf
} from "../../src/replicas/Replica.ts"
import { ReplicaSet } from "../../src/replicas/ReplicaSet.ts"
import { mistakeOf } from "../../src/replicas/ServerStanding.ts"

/** Numbers that a seed decides, from 0 up to 1. */
const numbersOf = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const replica = (changes: Partial<Replica> = {}): Replica => ({
  ...newReplica("db-2:5432", {} as SessionPool),
  trouble: undefined,
  completeUpTo: 1_000,
  ...changes
})

const standing = (lsn: number, instance = "a") => ({
  isReplica: instance !== "p",
  cluster: "c",
  instance,
  lsn
})

describe("how old what a replica shows is", () => {
  it("is never less than it is, whatever the primary wrote and the replica replayed", () => {
    const seed = Date.now() % 1_000_000
    const number = numbersOf(seed)
    const seen = { exact: 0, late: 0, unknown: 0, idle: 0 }
    for (let run = 0; run < 200; run++) {
      const history = new LsnHistory(2_000)
      // What was committed up to each millisecond, as the end of the log.
      const writes: Array<number> = [0]
      let replayed = 0
      for (let now = 1; now < 300; now++) {
        const isIdle = run % 4 === 0 && now > 100
        writes.push(
          (writes.at(-1) ?? 0) + (!isIdle && number() < 0.3 ? 1 + Math.floor(number() * 90) : 0)
        )
        const end = writes[now] as number
        if (number() < 0.4) replayed = Math.min(end, replayed + Math.floor(number() * 120))
        if (number() < 0.2) history.note(now, end)
        if (number() < 0.2) {
          const completeUpTo = history.completeUpTo(replayed)
          if (completeUpTo === undefined) {
            seen.unknown += 1
            continue
          }
          if (isIdle && completeUpTo > 110) seen.idle += 1
          seen[completeUpTo < now - 20 ? "late" : "exact"] += 1
          // Everything that was committed up to then has been replayed.
          expect(writes[completeUpTo], `seed ${seed}`).toBeLessThanOrEqual(replayed)
        }
      }
    }
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(50)
  })

  it("does not grow on an idle primary, and forgets what another primary said", () => {
    const history = new LsnHistory(10_000)
    history.note(0, 500)
    for (let at = 500; at <= 8_000; at += 500) history.note(at, 500)
    expect(history.completeUpTo(500)).toBe(8_000)
    expect(history.completeUpTo(499)).toBeUndefined()
    history.note(8_500, 400)
    expect(history.completeUpTo(400)).toBe(8_500)
    expect(history.completeUpTo(399)).toBeUndefined()
  })

  it("keeps what is old enough to be compared, and no more", () => {
    const history = new LsnHistory(1_000)
    for (let at = 0; at <= 5_000; at += 100) history.note(at, at)
    expect(history.completeUpTo(4_250)).toBe(4_200)
    expect(history.completeUpTo(3_900)).toBeUndefined()
  })
})

describe("which replica is read", () => {
  it("is the one with the least lag, and of those that are alike the least busy", () => {
    const fresh = replica({ completeUpTo: 1_900, reading: 5 })
    const idle = replica({ completeUpTo: 1_900, reading: 1 })
    const older = replica({ completeUpTo: 1_800 })
    expect(leastLagging([older, fresh, idle], 2_000, 5_000)).toBe(idle)
    idle.reading = 9
    expect(leastLagging([older, fresh, idle], 2_000, 5_000)).toBe(fresh)
    const unused = replica({ completeUpTo: 1_900, reading: 5, answered: 0 })
    fresh.answered = 1
    expect(leastLagging([fresh, unused], 2_000, 5_000)).toBe(unused)
  })

  it("is none that lags too far, that does not answer, or that nobody knows", () => {
    const late = replica({ completeUpTo: 900 })
    expect(stateOf(late, 6_000, 5_000)).toBe("LAGGING")
    expect(lagOf(late, 6_000)).toBe(5_100)
    expect(stateOf(late, 5_900, 5_000)).toBe("IN")
    const away = replica({ trouble: { state: "AWAY", why: "cannot be reached" } })
    const unknown = replica({ completeUpTo: undefined })
    expect(leastLagging([late, away, unknown], 6_000, 5_000)).toBeUndefined()
  })
})

describe("a replica that followed another primary", () => {
  const set = () => {
    const one = replica({ standing: undefined, completeUpTo: undefined })
    return { one, all: new ReplicaSet([one], 5_000) }
  }

  it("is left out until it has gone beyond what only it had", () => {
    const { all, one } = set()
    all.notePrimary(performance.now(), standing(1_000, "p"))
    all.noteReplica(one, standing(1_000))
    expect(one.completeUpTo).toBeDefined()
    // The primary that took over had got less.
    all.notePrimary(performance.now() + 1, standing(900, "q"))
    expect(one.completeUpTo).toBeUndefined()
    all.noteReplica(one, standing(1_000))
    expect(one.trouble).toMatchObject({ state: "WRONG" })
    // The new primary has written more by now, and the replica still has what is nowhere else.
    all.notePrimary(performance.now() + 2, standing(2_000, "q"))
    all.noteReplica(one, standing(1_000))
    expect(one.trouble).toMatchObject({ state: "WRONG" })
    all.noteReplica(one, standing(2_000))
    expect(one.trouble).toBeUndefined()
    expect(one.completeUpTo).toBeDefined()
  })

  it("is not one that was asked after the primary", () => {
    const { all, one } = set()
    const before = performance.now() - 10
    all.noteReplica(one, standing(1_000))
    all.notePrimary(before, standing(900, "p"))
    all.noteReplica(one, standing(1_001))
    expect(one.trouble).toBeUndefined()
  })
})

describe("what a server is", () => {
  const primary = { cluster: "c", instance: "p" }
  const others = new Map([["b", "db-3:5432"]])

  it("is said in the order of what explains most", () => {
    const wrong = (changes: object) =>
      mistakeOf({ ...standing(1), ...changes }, { primary, others })
    expect(wrong({ instance: "p", isReplica: false })).toBe("is the primary itself")
    expect(wrong({ cluster: "d", isReplica: false })).toMatch(/another cluster/)
    expect(wrong({ isReplica: false })).toBe("is a primary, not a replica")
    expect(wrong({ instance: "b" })).toBe("is the same server as db-3:5432")
    expect(wrong({})).toBeUndefined()
    expect(mistakeOf(standing(1), { primary: undefined, others: new Map() })).toBeUndefined()
  })
})
