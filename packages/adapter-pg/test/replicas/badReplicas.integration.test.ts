/** Replicas that cannot be right are refused at start by name; one that is missing is not. */
import { expect, it, vi } from "@effect/vitest"
import { runOn, scopedPostgres, scopedReplicated } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { layerPostgres, type ReplicaOptions, StoreStartError } from "../../src/effect.ts"
import { replicaStandings } from "../../src/replicas/standing.ts"
import { until } from "../engines.ts"
import { untilStates, urlOf } from "./replicated.ts"

// Bounds for a machine that is busy with other tests; alone each takes a fraction.
vi.setConfig({ testTimeout: 120_000 })

const setting = "--database-replica"

const open = (url: string, ...urls: ReadonlyArray<string>) => {
  const replicas: ReplicaOptions = { urls, setting }
  return layerPostgres({ url, replicas, connectTimeoutMillis: 1_000 })
}

const refusalOf = (url: string, ...urls: ReadonlyArray<string>) =>
  Effect.map(Effect.flip(Effect.scoped(Layer.build(open(url, ...urls)))), (error) => {
    expect(error).toBeInstanceOf(StoreStartError)
    expect(error.reason).toBe("InvalidOptions")
    expect(error.message).toMatch(/^--database-replica: /)
    return error.message.slice("--database-replica: ".length)
  })

/** A name of the same server that is another text. */
const byOtherName = (url: string) => url.replace("127.0.0.1", "localhost")

describePostgres(18, "replicas that cannot be right", () => {
  it.live("names the setting, the server and what is wrong", () =>
    Effect.gen(function* () {
      const { primary, standbys } = yield* scopedReplicated({ standbys: ["a"] })
      const [a] = standbys
      const stranger = yield* scopedPostgres()
      const url = primary.url()
      const standbyUrl = a?.url() ?? ""
      const at = (server: { readonly port: number } | undefined) => `127.0.0.1:${server?.port}`
      expect(yield* refusalOf(url, url)).toBe(`${at(primary)} is the primary itself`)
      expect(yield* refusalOf(url, byOtherName(url))).toBe(
        `localhost:${primary.port} is the primary itself`
      )
      expect(yield* refusalOf(url, stranger.url())).toBe(
        `${at(stranger)} belongs to another cluster than the primary`
      )
      expect(yield* refusalOf(url, standbyUrl, byOtherName(standbyUrl))).toBe(
        `localhost:${a?.port} is the same server as ${at(a)}`
      )
      expect(yield* refusalOf(url, standbyUrl, standbyUrl)).toBe(
        `URL 2 names the server of URL 1: ${at(a)}`
      )
      // The standby became a primary, and the setting is as it was.
      yield* Effect.promise(a?.promote ?? (async () => undefined))
      expect(yield* refusalOf(url, standbyUrl)).toBe(`${at(a)} is a primary, not a replica`)
    }).pipe(Effect.scoped)
  )

  it.live("refuses a wrong password and a database that is not there, and repeats no secret", () =>
    Effect.gen(function* () {
      const { primary, standbys } = yield* scopedReplicated()
      const port = standbys[0]?.port
      yield* Effect.promise(() =>
        runOn(primary.url(), "create role reader login password 'right' connection limit 5")
      )
      const file = yield* Effect.promise(() =>
        runOn(standbys[0]?.url() ?? "", "show hba_file").then(([row]) => String(row?.["hba_file"]))
      )
      const { writeFileSync } = yield* Effect.promise(() => import("node:fs"))
      writeFileSync(
        file,
        "host all reader 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n"
      )
      yield* Effect.promise(() =>
        runOn(standbys[0]?.url() ?? "", "select pg_reload_conf()::text as reloaded")
      )
      yield* until(
        Effect.map(
          refusalOf(primary.url(), `postgres://reader:mistyped@127.0.0.1:${port}/postgres`),
          (message) => {
            expect(message).not.toMatch(/mistyped|reader/)
            return message.startsWith(
              `127.0.0.1:${port} cannot be used: the database refuses the user or the password`
            )
          }
        )
      )
      expect(
        yield* refusalOf(primary.url(), `postgres://postgres@127.0.0.1:${port}/missing`)
      ).toMatch(/cannot be used: the server has no database of this name/)
    }).pipe(Effect.scoped)
  )

  it.live("refuses a URL that is none of one replica", () =>
    Effect.gen(function* () {
      const url = "postgres://u@127.0.0.1:1/db"
      expect(yield* refusalOf(url, "mysql://u@h/db")).toMatch(/^URL 1: /)
      expect(yield* refusalOf(url, "postgres://u:p4ss@a,b/db")).toMatch(
        /^URL 1 names several hosts; name each replica by a URL of its own$/
      )
      expect(yield* refusalOf(url, "postgres://u@a/db", "postgres://a/db")).toMatch(
        /^URL 2 names no user/
      )
      expect(yield* refusalOf(url, "postgres://u@a/db?target_session_attrs=primary")).toMatch(
        /leave out target_session_attrs/
      )
    })
  )

  it.live("starts without a replica that does not answer, and uses it when it does", () =>
    Effect.gen(function* () {
      const { primary, standbys } = yield* scopedReplicated()
      const [standby] = standbys
      yield* Effect.promise(standby?.kill9 ?? (async () => undefined))
      yield* Effect.gen(function* () {
        const [standing] = yield* replicaStandings
        expect(standing).toMatchObject({ state: "AWAY", why: "cannot be reached" })
        yield* Effect.promise(standby?.restart ?? (async () => undefined))
        yield* untilStates("IN")
      }).pipe(Effect.provide(open(primary.url(), standby?.url() ?? "")))
    }).pipe(Effect.scoped)
  )

  it.live("leaves a host out that is the primary now, when it is one of several that may be", () =>
    Effect.gen(function* () {
      const { primary, standbys } = yield* scopedReplicated({ standbys: ["a"] })
      const [a] = standbys
      if (a === undefined) throw new Error("there is no standby")
      const both = open(urlOf(primary, a), primary.url(), a.url())
      yield* untilStates("WRONG", "IN").pipe(Effect.provide(both))
      yield* Effect.promise(primary.kill9)
      yield* Effect.promise(a.promote)
      yield* untilStates("AWAY", "WRONG").pipe(Effect.provide(both))
    }).pipe(Effect.scoped)
  )
})
