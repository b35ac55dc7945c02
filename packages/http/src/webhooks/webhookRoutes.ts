/** The endpoints of webhooks: may this request manage them, and then what it asks for. */
import {
  makeWebhookManagement,
  makeWebhookSending,
  type WebhookDelivery,
  type WebhookDeliveryView,
  webhookView,
  webhookWithSecret
} from "@holdfast/core/events"
import { InventoryLog } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { RoutedApi } from "../HoldfastApi.ts"
import { HttpSettings, type WebhookOptions } from "../kit/HttpOptions.ts"
import { loggedProblem, problemResponse } from "../kit/problemResponse.ts"
import { notFromLoopback } from "./fromLoopback.ts"
import { notHereProblem, type WebhookFailure, webhookProblem } from "./webhookProblems.ts"

const deliveryView = ({
  replays: _,
  ...delivery
}: WebhookDelivery): typeof WebhookDeliveryView.Type => delivery

/** How many deliveries a page has unless it is asked for others. */
const pageSize = 100

/** Why a request may not manage webhooks; undefined when it may. */
const obstacleTo = (
  options: WebhookOptions | undefined,
  request: HttpServerRequest
): string | undefined => {
  if (options === undefined)
    return "Webhooks are turned off here: this API has no sender of webhooks"
  if (options.managedFrom === "ANYWHERE") return undefined
  const reason = notFromLoopback(request)
  return reason === undefined
    ? undefined
    : `Webhooks are managed from the machine of the server alone, over a loopback address: ${reason}`
}

/** Sends nothing; a request that would need it is refused before. */
const noSender: WebhookOptions["sender"] = {
  objectionTo: () => "cannot be sent to",
  send: () => Effect.die("there is no sender of webhooks")
}

/** The endpoints of webhooks. */
export const layerWebhookRoutes = HttpApiBuilder.group(
  RoutedApi,
  "webhooks",
  Effect.fnUntraced(function* (handlers) {
    const log = yield* InventoryLog
    const { webhooks: options } = yield* HttpSettings
    const sender = options?.sender ?? noSender
    const management = makeWebhookManagement(log, sender)
    const sending = makeWebhookSending(log, sender)

    /** Does what is asked for, if the request may; answers with the problem otherwise. */
    const managing = <A, B>(
      { request }: { readonly request: HttpServerRequest },
      work: Effect.Effect<A, WebhookFailure>,
      view: (answer: A) => B
    ) => {
      const obstacle = obstacleTo(options, request)
      return obstacle === undefined
        ? Effect.catch(Effect.map(work, view), (failure) =>
            loggedProblem(webhookProblem(failure), failure)
          )
        : Effect.succeed(problemResponse(notHereProblem(obstacle)))
    }

    return handlers.handleAll({
      create: (asked) =>
        managing(
          asked,
          management.create(asked.payload, asked.headers["idempotency-key"]),
          webhookWithSecret
        ),
      list: (asked) => managing(asked, management.list, (all) => ({ items: all.map(webhookView) })),
      get: (asked) => managing(asked, management.get(asked.params.webhookId), webhookView),
      update: (asked) =>
        managing(asked, management.change(asked.params.webhookId, asked.payload), webhookView),
      delete: (asked) =>
        managing(asked, management.remove(asked.params.webhookId), () => undefined),
      rotateSecret: (asked) =>
        managing(
          asked,
          management.rotateSecret(
            asked.params.webhookId,
            asked.payload ?? {},
            asked.headers["idempotency-key"]
          ),
          webhookWithSecret
        ),
      test: (asked) =>
        managing(
          asked,
          sending.test(asked.params.webhookId),
          ({ durationMillis, httpStatus, problem }) => ({
            isDelivered: problem === null,
            ...{ httpStatus, problem, durationMillis: Math.round(durationMillis) }
          })
        ),
      deliveries: (asked) => {
        const { before, size = pageSize, status } = asked.query
        const { webhookId } = asked.params
        return managing(
          asked,
          sending.deliveries({ webhookId, status, before, limit: size + 1 }),
          (found) => ({
            items: found.slice(0, size).map(deliveryView),
            next: found.length > size ? (found[size - 1]?.position ?? null) : null
          })
        )
      },
      redeliver: (asked) =>
        managing(
          asked,
          sending.redeliver(asked.params.webhookId, asked.payload.positions),
          (sent) => ({ items: sent.map(deliveryView) })
        ),
      replay: (asked) =>
        managing(asked, management.replay(asked.params.webhookId, asked.payload.after), webhookView)
    })
  })
)
