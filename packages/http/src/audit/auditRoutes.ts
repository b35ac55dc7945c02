/** The endpoints of the audit logs. */
import { auditPage } from "@holdfast/core/audit"
import type { EventLog } from "@holdfast/core/events"
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
      const logs = new Map<string, EventLog>(served.map(({ context, log }) => [context, log]))
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
          // The schema of the request names no other context.
          const { audit } = logs.get(context) as EventLog
          return orProblem(auditPage(audit, query, recordedOperations))
        }
      })
    })
  )
