/**
 * The page for people who would rather look, at `/dashboard` of the metrics port, and its figures as JSON.
 * This process samples its own metrics every five seconds and keeps an hour of them, so the page needs
 * nothing beside the server.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import type { DashboardLists } from "./DashboardLists.ts"
import { type Figure, figures } from "./figures.ts"
import { type Page, readPage } from "./page.ts"
import { Reading } from "./Reading.ts"
import { Ring } from "./Ring.ts"

/** An answer of the page. */
export interface DashboardAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What the page is made of. */
export interface DashboardOptions {
  readonly version: string
  /** What stands below the figures. */
  readonly lists: DashboardLists
}

/** How often samples are taken, in milliseconds. */
export const sampleMillis = 5_000

/** An hour of samples. */
export const samplesMax = 3_600_000 / sampleMillis

/** Takes the first reading now, and a sample after every pause until the scope closes. */
const sampled = Effect.gen(function* () {
  const context = yield* Effect.context<never>()
  const clock = yield* Clock.Clock
  const ring = new Ring(figures.length, samplesMax)
  const read = () => ({
    reading: new Reading(Metric.snapshotUnsafe(context)),
    nanos: clock.monotonicTimeNanosUnsafe()
  })
  let last = read()
  let at = clock.currentTimeMillisUnsafe()
  const sample = Effect.sync(() => {
    const [before, now] = [last, read()]
    last = now
    // The clock of a machine may be set: a pause is measured by one that is not, and a chart goes forward.
    const seconds = Math.max(1, Number(now.nanos - before.nanos) / 1e6) / 1_000
    at = Math.max(clock.currentTimeMillisUnsafe(), Math.round(at + seconds * 1_000))
    const step = { now: now.reading, before: before.reading, seconds }
    ring.add({ at, values: figures.map((figure) => figure.read(step)) })
  })
  const again = Effect.andThen(Effect.sleep(sampleMillis), sample)
  yield* Effect.forkScoped(Effect.forever(again))
  return ring
})

const aboutOf = ({ attention, group, id, isLow, title, unit }: Figure) => ({
  ...{ id, group, title, unit, attention, isLow }
})

const json = (status: number, value: unknown): DashboardAnswer => ({
  status,
  headers: {
    "content-type": status < 400 ? "application/json" : "application/problem+json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff"
  },
  body: JSON.stringify(value)
})

const pageAnswer = ({ html, policy }: Page): DashboardAnswer => ({
  status: 200,
  headers: {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache"
  },
  body: html
})

const afterUnreadable = json(400, {
  title: "The query parameter after cannot be read",
  status: 400,
  detail: "after must be the time of a sample in milliseconds since 1970, such as 1735689600000"
})

/** Answers what is asked with GET under `/dashboard`; undefined for every other address. */
export type AnswerDashboard = (url: string) => DashboardAnswer | undefined

/** Begins to sample, until the scope closes, and answers for the page. */
export const makeDashboard = ({
  lists,
  version
}: DashboardOptions): Effect.Effect<AnswerDashboard, never, Scope.Scope> =>
  Effect.gen(function* () {
    const ring = yield* sampled
    const startedAt = yield* Clock.currentTimeMillis
    const about = figures.map(aboutOf)
    let page: Page | undefined
    return (url) => {
      const asked = URL.parse(url, "http://localhost")
      if (asked === null) return undefined
      const { pathname, searchParams } = asked
      if (pathname === "/dashboard") {
        page ??= readPage()
        return pageAnswer(page)
      }
      if (pathname !== "/dashboard/figures") return undefined
      const after = searchParams.get("after") ?? "0"
      if (!/^\d{1,16}$/.test(after)) return afterUnreadable
      return json(200, {
        ...{ version, startedAt, everyMillis: sampleMillis, figures: about },
        samples: ring
          .after(Number(after))
          .map(({ at, values }) => [at, ...values.map((value) => value ?? null)]),
        lists: lists.kept()
      })
    }
  })
