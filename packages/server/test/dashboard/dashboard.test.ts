/** What is sampled, how much of it is kept, and what the addresses of the page answer. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { describe, expect, it } from "vitest"
import type { AnswerDashboard } from "../../src/dashboard/Dashboard.ts"
import { figures } from "../../src/dashboard/figures.ts"
import { quantileBetween, Reading } from "../../src/dashboard/Reading.ts"
import { Ring } from "../../src/dashboard/Ring.ts"
import { beginning, hourOfFigures } from "./hourOfFigures.ts"

interface Figures {
  readonly figures: ReadonlyArray<{ readonly id: string }>
  readonly samples: ReadonlyArray<ReadonlyArray<number | null>>
  readonly lists: ReadonlyArray<{ readonly title: string; readonly rows: unknown }>
}

const figuresOf = (answer: AnswerDashboard, query = ""): Figures =>
  JSON.parse(answer(`/dashboard/figures${query}`)?.body ?? "")

const lastOf = (answer: AnswerDashboard) => {
  const { figures, samples } = figuresOf(answer)
  const [, ...values] = samples.at(-1) ?? []
  return Object.fromEntries(figures.map(({ id }, index) => [id, values[index]]))
}

describe("samples", () => {
  it("tell of the five seconds before them", async () => {
    const last = lastOf(await hourOfFigures({ samples: 1 }))
    expect(last).toMatchObject({
      ...{ requests: 5, refusals: 0.4, reserved: 4, bought: 2.4, errors: 0 },
      ...{ soldOut: 0, accuracy: 1, drift: 0, relayLag: 0.4 }
    })
    // 24 of 25 took at most 5 ms, which are spread over the bucket; one took up to 100 ms.
    expect(last["median"]).toBeCloseTo((5 * 12.5) / 24)
    expect(last["p99"]).toBeCloseTo(25 + 75 * 0.75)
  })

  it("have no value where the metric is not there", async () => {
    const { deadLetters, limits, missed } = lastOf(await hourOfFigures({ samples: 1 }))
    expect([limits, missed, deadLetters]).toEqual([null, null, null])
  })

  it("are kept for an hour, and given from a time on", async () => {
    const answer = await hourOfFigures({ samples: 730 })
    const { samples } = figuresOf(answer)
    expect(samples).toHaveLength(720)
    expect(samples[0]?.[0]).toBe(beginning + 11 * 5_000)
    expect(samples.at(-1)?.[0]).toBe(beginning + 730 * 5_000)
    const later = figuresOf(answer, `?after=${beginning + 728 * 5_000}`).samples
    expect(later).toEqual(samples.slice(-2))
  })
})

describe("the ring", () => {
  it("forgets the oldest and no other", () => {
    const ring = new Ring(2, 3)
    for (let at = 1; at <= 5; at += 1) ring.add({ at, values: [at, at === 4 ? undefined : -at] })
    expect(ring.after(0)).toEqual([
      { at: 3, values: [3, -3] },
      { at: 4, values: [4, undefined] },
      { at: 5, values: [5, -5] }
    ])
    expect(ring.after(4)).toEqual([{ at: 5, values: [5, -5] }])
    expect(ring.after(5)).toEqual([])
  })
})

describe("a quantile", () => {
  const bounds = [1, 2, 4]
  it("lies between the bounds of its bucket, and beyond the last bound is that bound", () => {
    const before = { bounds, below: [5, 5, 5], count: 5 }
    const now = { bounds, below: [5, 9, 9], count: 10 }
    expect(quantileBetween(0.4, now, before)).toBe(1.5)
    expect(quantileBetween(0.99, now, before)).toBe(4)
  })
  it("is none where nothing came", () => {
    const same = { bounds, below: [1, 1, 1], count: 1 }
    expect(quantileBetween(0.5, same, same)).toBeUndefined()
    expect(quantileBetween(0.5, undefined, undefined)).toBeUndefined()
  })
})

describe("a reading", () => {
  it("adds up the series with the labels that are asked for", () => {
    const counter = (status: string) =>
      Metric.counter("requests", { attributes: { status }, incremental: true })
    const context = Context.make(Metric.MetricRegistry, new Map())
    const snapshots = Effect.runSync(
      Effect.provideContext(
        Effect.gen(function* () {
          yield* Metric.update(counter("200"), 3)
          yield* Metric.update(counter("503"), 2)
          yield* Metric.update(counter("500"), 1)
          return yield* Metric.snapshot
        }),
        context
      )
    )
    const reading = new Reading(snapshots)
    expect(reading.sum("requests")).toBe(6)
    expect(reading.sum("requests", { status: /^5/ })).toBe(3)
    expect(reading.max("requests", { status: "404" })).toBeUndefined()
    expect(reading.sum("others")).toBeUndefined()
  })
})

describe("the addresses", () => {
  it("answer the page with a policy that allows its own scripts alone", async () => {
    const answer = await hourOfFigures({ samples: 1 })
    const page = answer("/dashboard")
    expect(page?.status).toBe(200)
    expect(page?.headers["content-security-policy"]).toMatch(
      /^default-src 'none'; script-src 'sha256-[^']+' 'sha256-[^']+'; style-src 'sha256-/
    )
    expect(page?.body).toContain("uPlot")
    expect(page?.body).not.toMatch(/(?:src|href)="https?:/)
  })

  it("name a parameter that cannot be read, and leave other addresses alone", async () => {
    const answer = await hourOfFigures({ samples: 1 })
    for (const after of ["soon", "-1", "1e400", "99999999999999999", ""]) {
      const refused = answer(`/dashboard/figures?after=${after}`)
      expect(refused).toMatchObject({ status: 400, body: expect.stringContaining("after must be") })
    }
    expect(answer("/metrics")).toBeUndefined()
    expect(answer("/dashboard/../metrics")).toBeUndefined()
    expect(() => answer("//")).not.toThrow()
  })

  it("give the lists, and null for one that cannot be had", async () => {
    const read = Effect.succeed([{ name: "mug", count: 2 }])
    const lists = [
      { title: "most missed", counted: "Units", read },
      { title: "most wanted", counted: "Views", read: Effect.fail("away") }
    ]
    const answer = await hourOfFigures({ samples: 1, lists })
    expect(figuresOf(answer).lists).toEqual([
      { title: "most missed", counted: "Units", rows: [{ name: "mug", count: 2 }] },
      { title: "most wanted", counted: "Views", rows: null }
    ])
  })
})

it("every figure has a name of its own and tells which metrics it is made of", () => {
  expect(new Set(figures.map(({ id }) => id)).size).toBe(figures.length)
  for (const { metrics } of figures) expect(metrics.length).toBeGreaterThan(0)
})
