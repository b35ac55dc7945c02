/**
 * Whether the server lives, and whether the store of every context that it serves answers. Why it is not
 * well, and what goes on although something is away, is for those who may see it: everybody where
 * senders are not found out, else an ADMIN.
 */
import { isPrincipal, objectionTo, type Permission } from "@holdfast/core/access"
import { rememberedFor, StoreError } from "@holdfast/core/engine"
import * as Effect from "effect/Effect"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type { ContextName } from "../events/contexts.ts"
import { ServedContexts } from "../events/ServedContexts.ts"
import { routedSharedApi } from "../HoldfastApi.ts"
import { orProblem } from "../inventory/routes/answerWith.ts"
import { HttpSettings } from "../kit/HttpOptions.ts"
import type { HealthCheck } from "./HealthCheck.ts"

const reasons = {
  name: "healthReasons",
  permission: { role: "ADMIN", scopes: ["audit:read"] } satisfies Permission
}

/** Whether who sends the request may know the reasons. Nobody is refused for asking. */
const maySeeReasons: Effect.Effect<boolean, never, HttpSettings | HttpServerRequest> = Effect.gen(
  function* () {
    const { authenticate } = yield* HttpSettings
    if (authenticate === undefined) return true
    const principal = yield* Effect.option(authenticate(yield* HttpServerRequest))
    return (
      principal._tag === "Some" &&
      isPrincipal(principal.value) &&
      objectionTo(principal.value, reasons) === undefined
    )
  }
)

const notReady = (message: string) => new StoreError({ reason: "Unavailable", message })

/** Fails where a check has failed, with what it found for those who may see it. */
const passed = Effect.fnUntraced(function* (
  checks: ReadonlyArray<HealthCheck>,
  maySee: boolean
): Effect.fn.Return<ReadonlyArray<HealthCheck & { readonly status: "ok" | "warn" }>, StoreError> {
  const failed = checks.filter(({ status }) => status === "fail")
  if (failed.length > 0) {
    return yield* notReady(
      maySee
        ? failed.map(({ found, name }) => `${name}: ${found}`).join("; ")
        : "a check of the server has failed; an ADMIN who asks sees which"
    )
  }
  return checks as ReadonlyArray<HealthCheck & { readonly status: "ok" | "warn" }>
})

/** For how long the stores are not asked again: anybody may ask, and as many at a time as they like. */
const askedMillis = 500

/** The endpoints of health. Another process that is away leaves this one ready. */
export const layerHealthRoutes = (contexts: ReadonlyArray<ContextName>) =>
  HttpApiBuilder.group(
    routedSharedApi(contexts),
    "health",
    Effect.fnUntraced(function* (handlers) {
      const served = yield* ServedContexts
      const settings = yield* HttpSettings
      const { alsoReady, healthChecks } = settings
      let hasStarted = false
      const pings = served.map(({ context, ping }) => ({
        context,
        ping: rememberedFor(ping, askedMillis)
      }))
      const pinged = Effect.forEach(pings, ({ context, ping }) =>
        Effect.as(ping, { name: context, status: "ok" as const, found: "its database answers" })
      )
      const ready = Effect.gen(function* () {
        const maySee = yield* Effect.provideService(maySeeReasons, HttpSettings, settings)
        const databases = yield* pinged
        const others = yield* passed(yield* healthChecks, maySee)
        const notes = yield* alsoReady
        hasStarted = true
        const status = "ready" as const
        if (!maySee) return { status }
        const checks = [...databases, ...others]
        return { status, checks, ...(notes.length === 0 ? {} : { notes }) }
      })
      const started = { status: "started" as const }
      const startup = Effect.suspend(() =>
        hasStarted ? Effect.succeed(started) : Effect.as(ready, started)
      )
      return handlers.handleAll({
        live: () => Effect.succeed({ status: "live" as const }),
        startup: () => orProblem(startup),
        ready: () => orProblem(ready)
      })
    })
  )
