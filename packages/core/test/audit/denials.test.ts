import { describe, expect, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { guestOf } from "../../src/access/carts.ts"
import { anonymousPrincipal, type Principal } from "../../src/access/Principal.ts"
import { type DeniedAttempt, makeDenials } from "../../src/audit.ts"
import { StoreError } from "../../src/kernel/StoreError.ts"
import { settableDay } from "../steadyTime.ts"

const eve: Principal = { id: "eve", kind: "USER", roles: ["USER"] }

const bob: Principal = { id: "bob", kind: "USER", roles: ["USER"] }

const world = () => {
  const kept: Array<DeniedAttempt> = []
  const audit = {
    deny: (attempts: ReadonlyArray<DeniedAttempt>) =>
      Effect.sync(() => {
        kept.push(...attempts)
      })
  }
  const summary = () => kept.map(({ dropped, principal }) => [principal.id, dropped])
  return { audit, kept, summary }
}

const attempt = (principal: Principal) => ({
  ...{ principal, operation: "AdjustStock", targets: ["SKU:mug"] },
  reason: "needs the role MANAGER"
})

describe("denied attempts", () => {
  it.effect(
    "are recorded, at most so many a minute of each principal, with how many were not",
    () =>
      Effect.gen(function* () {
        const { audit, kept, summary } = world()
        const denied = yield* makeDenials(audit, { perMinuteMax: 3 })
        for (let n = 0; n < 10; n++) yield* denied(attempt(eve))
        yield* denied(attempt(bob))
        expect(summary()).toEqual([
          ["eve", 0],
          ["eve", 0],
          ["eve", 0],
          ["bob", 0]
        ])
        expect(kept[0]).toMatchObject({ ...attempt(eve), principal: { kind: "USER", id: "eve" } })
        yield* TestClock.adjust("2 minutes")
        expect(summary().slice(4)).toEqual([["eve", 7]])
        yield* denied(attempt(eve))
        expect(summary().slice(5)).toEqual([["eve", 0]])
        expect(new Set(kept.map(({ auditId }) => auditId)).size).toBe(kept.length)
      }).pipe(Effect.scoped, Effect.provide(Digest.layerWebCrypto))
  )

  it.effect("of guests are counted together, since anybody makes as many carts as they like", () =>
    Effect.gen(function* () {
      const { audit, kept, summary } = world()
      const denied = yield* makeDenials(audit, { perMinuteMax: 3 })
      const guest = (cart: number) => guestOf(`cart:${String(cart).padStart(64, "0")}`)
      for (let cart = 0; cart < 10; cart++) yield* denied(attempt(guest(cart)))
      yield* denied(attempt(anonymousPrincipal))
      expect(summary()).toEqual([...[0, 1, 2].map((cart) => [guest(cart).id, 0]), ["anonymous", 0]])
      yield* TestClock.adjust("2 minutes")
      expect(kept.slice(4)).toMatchObject([{ principal: { id: "anonymous" }, dropped: 7 }])
    }).pipe(Effect.scoped, Effect.provide(Digest.layerWebCrypto))
  )

  it.effect("are kept as any store can keep and search them, whatever was sent", () =>
    Effect.gen(function* () {
      const { audit, kept } = world()
      const denied = yield* makeDenials(audit)
      const sent = {
        targets: ["SKU:a\u0000", "SKU:\ud83d"],
        reason: "\udc00",
        correlationId: "\u0000"
      }
      yield* denied({ ...attempt(eve), ...sent })
      expect(kept).toMatchObject([
        {
          targets: ["SKU:a\ufffd", "SKU:\ufffd"],
          reason: "\ufffd",
          correlationId: "\ufffd"
        }
      ])
    }).pipe(Effect.scoped, Effect.provide(Digest.layerWebCrypto))
  )

  it.effect("are counted to the end: what was dropped is recorded when the scope closes", () =>
    Effect.gen(function* () {
      const { audit, summary } = world()
      yield* Effect.scoped(
        Effect.gen(function* () {
          const denied = yield* makeDenials(audit, { perMinuteMax: 1 })
          yield* denied(attempt(eve))
          yield* denied(attempt(eve))
        })
      )
      expect(summary()).toEqual([
        ["eve", 0],
        ["eve", 1]
      ])
    }).pipe(Effect.provide(Digest.layerWebCrypto))
  )

  it.effect("are recorded again after a minute, also when somebody has set the clock back", () =>
    Effect.gen(function* () {
      const { audit, summary } = world()
      const { clock, set } = yield* settableDay
      yield* TestClock.adjust("2 hours")
      const denied = yield* makeDenials(audit, { perMinuteMax: 1 })
      const deny = Effect.provideService(denied(attempt(eve)), Clock.Clock, clock)
      yield* deny
      set(-3_600_000)
      yield* deny
      yield* TestClock.adjust("1 minute")
      yield* deny
      expect(summary()).toEqual([
        ["eve", 0],
        ["eve", 1],
        ["eve", 0]
      ])
    }).pipe(Effect.scoped, Effect.provide(Digest.layerWebCrypto))
  )

  it.effect("fill no memory when they come from many principals", () =>
    Effect.gen(function* () {
      const { audit, kept } = world()
      const denied = yield* makeDenials(audit, { perMinuteMax: 2 })
      for (let n = 0; n < 10_100; n++) yield* denied(attempt({ ...eve, id: `eve-${n}` }))
      expect(kept).toHaveLength(10_002)
    }).pipe(Effect.scoped, Effect.provide(Digest.layerWebCrypto))
  )

  it.effect("stay denied when they cannot be recorded", () =>
    Effect.gen(function* () {
      const away = new StoreError({ reason: "Unavailable", message: "the database is away" })
      const denied = yield* makeDenials({ deny: () => Effect.fail(away) })
      expect(yield* denied(attempt(eve))).toBeUndefined()
    }).pipe(Effect.scoped, Effect.provide(Digest.layerWebCrypto))
  )
})
