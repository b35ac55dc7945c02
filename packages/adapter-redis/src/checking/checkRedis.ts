/** Looks at a Redis and says what a person should change. It reads settings, and writes a probe. */
import { CacheUnavailable } from "@holdfast/core/caching"
import * as Effect from "effect/Effect"
import type { RedisConnection } from "../clients/RedisConnection.ts"
import { failureOf } from "../guarding/failures.ts"
import type { GuardedRedis } from "../guarding/guardRedis.ts"
import { nameOf } from "../guarding/places.ts"
import { probeScript } from "../guarding/probeScript.ts"
import { findingsOf, type RedisFinding, type RedisReport } from "./RedisReport.ts"

/** How long a question about settings may take. */
const askMillisMax = 2_000

/** The answers of every server to a question; none when a user may not ask it. */
const answersTo = (connection: RedisConnection, ...command: ReadonlyArray<string>) =>
  Effect.tryPromise({
    try: () => connection.askAll(command),
    catch: (error) => failureOf(error)
  }).pipe(
    Effect.timeout(askMillisMax),
    Effect.orElseSucceed((): ReadonlyArray<unknown> => [])
  )

/** Settings, as a list of names and values or as an object, whichever the client makes of them. */
const settingsIn = (reply: unknown): ReadonlyMap<string, string> => {
  if (Array.isArray(reply)) {
    const pairs = reply.flatMap(
      (name, index): ReadonlyArray<[string, string]> =>
        index % 2 === 0 ? [[String(name), String(reply[index + 1])]] : []
    )
    return new Map(pairs)
  }
  return new Map(Object.entries(Object(reply)).map(([name, value]) => [name, String(value)]))
}

const versionIn = (reply: unknown): string | undefined => {
  const text = String(reply)
  const [, redis] = /^redis_version:(\S+)/m.exec(text) ?? []
  const [, valkey] = /^valkey_version:(\S+)/m.exec(text) ?? []
  return valkey === undefined ? redis : `${valkey} (Valkey)`
}

const names = ["maxmemory", "maxmemory-policy", "save", "appendonly"]

const configOf = (connection: RedisConnection, name: string) =>
  Effect.map(answersTo(connection, "CONFIG", "GET", name), (replies) =>
    replies.map((reply) => settingsIn(reply).get(name))
  )

/** Each finding once, the worst first; servers of a cluster mostly agree. */
const distinct = (findings: ReadonlyArray<RedisFinding>): ReadonlyArray<RedisFinding> => {
  const order = ["problem", "advice", "ok"]
  const known = new Map(findings.map((one) => [`${one.subject} ${one.found}`, one]))
  return [...known.values()].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
}

/** The report; a Redis that cannot be reached, or written to, is one finding. */
export const checkRedis = Effect.fnUntraced(function* ({
  connection,
  prefix,
  run
}: GuardedRedis): Effect.fn.Return<RedisReport> {
  const { where } = connection
  const probe = yield* Effect.match(run(0, probeScript, [nameOf(prefix, "probe", 0, "")], []), {
    onSuccess: () => undefined,
    onFailure: (error) => error
  })
  if (probe instanceof CacheUnavailable) {
    const found = (probe.cause as Error).message
    const next = "set right where Redis is and who asks it; until then reads go to the store"
    return { where, findings: [{ level: "problem", subject: "reachable", found, next }] }
  }
  const reachable: RedisFinding = { level: "ok", subject: "reachable", found: where, next: "" }
  const infos = yield* answersTo(connection, "INFO", "server")
  const [memory = [], policy = [], save = [], log = []] = yield* Effect.forEach(names, (name) =>
    configOf(connection, name)
  )
  const servers = infos.length === 0 ? [undefined] : infos
  const findings = servers.flatMap((info, nth) =>
    findingsOf({
      version: info === undefined ? undefined : versionIn(info),
      maxMemoryBytes: memory[nth] === undefined ? undefined : Number(memory[nth]),
      evictionPolicy: policy[nth],
      savesDumps: save[nth] === undefined ? undefined : save[nth] !== "",
      savesEveryWrite: log[nth] === undefined ? undefined : log[nth] !== "no"
    })
  )
  return { where, findings: distinct([reachable, ...findings]) }
})
