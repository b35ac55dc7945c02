/** The endpoints of the audit logs. */
import { AccessAudit, type AuditLog, auditPage } from "@holdfast/core/audit"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type { ContextName } from "../events/contexts.ts"
import { ServedContexts } from "../events/ServedContexts.ts"
import { routedSharedApi } from "../HoldfastApi.ts"
import { orProblem } from "../inventory/routes/answerWith.ts"
import { HttpSettings } from "../kit/HttpOptions.ts"
import { problemResponse } from "../kit/problemResponse.ts"
import { notFromLoopback } from "../webhooks/fromLoopback.ts"
import { auditNotHere } from "./AuditApi.ts"
import { recordedOperations } from "./recordedOperations.ts"

/** The endpoints of the audit logs of these contexts. */
export const layerAuditRoutes = (contexts: ReadonlyArray<ContextName>) =>
  HttpApiBuilder.group(
    routedSharedApi(contexts),
    "audit",
    Effect.fnUntraced(function* (handlers) {
      const served = yield* ServedContexts
      const { authenticate } = yield* HttpSettings
      const access = yield* Effect.serviceOption(AccessAudit)
      const audits = new Map<string, AuditLog>(
        served.map(({ context, log }) => [context, log.audit])
      )
      if (access._tag === "Some") audits.set("access", access.value)
      const [contextDefault = "inventory"] = contexts
      return handlers.handleAll({
        list: ({ query: { context = contextDefault, ...query }, request }) => {
          // Where somebody vouches for who asks, what they may do is decided before this.
          const obstacle = authenticate === undefined ? notFromLoopback(request) : undefined
          if (obstacle !== undefined) {
            return Effect.succeed(
              problemResponse(
                auditNotHere(
                  `Without authentication the audit log is read over a loopback address: ${obstacle}`
                )
              )
            )
          }
          const audit = audits.get(context)
          if (audit === undefined) {
            return Effect.succeed(
              problemResponse(auditNotHere("This API does not look after the keys of services"))
            )
          }
          return orProblem(auditPage(audit, query, recordedOperations))
        }
      })
    })
  )
