/** The endpoints of webhooks: may this request manage them, and then what it asks for. */
import { principalName } from "@holdfast/core/access"
import {
  makeManagementRecords,
  noManagementRecords,
  type RecordManagement,
  RequestCaller
} from "@holdfast/core/engine"
import {
  makeWebhookManagement,
  makeWebhookSending,
  type Webhook,
  type WebhookDelivery,
  type WebhookDeliveryView,
  WebhookKeyReused,
  type WebhookSender,
  webhookView,
  webhookWithSecret
} from "@holdfast/core/events"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { type ContextName, objectionToTypes } from "../events/contexts.ts"
import { type ServedContext, ServedContexts } from "../events/ServedContexts.ts"
import { routedSharedApi } from "../HoldfastApi.ts"
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

/**
 * Why a request may not manage webhooks; undefined when it may. Where it is known who sends a request,
 * their role or scope decides; elsewhere the machine that it comes from.
 */
const obstacleTo = (
  options: WebhookOptions | undefined,
  request: HttpServerRequest,
  isAuthenticated: boolean
): string | undefined => {
  if (options === undefined)
    return "Webhooks are turned off here: this API has no sender of webhooks"
  if (options.managedFrom === "ANYWHERE" || isAuthenticated) return undefined
  const reason = notFromLoopback(request)
  return reason === undefined
    ? undefined
    : `Webhooks are managed from the machine of the server alone, over a loopback address: ${reason}`
}

/**
 * Does work with an idempotency key that is the own of who asks. Two principals never meet in one key,
 * and so no one is shown the secret of a webhook that another one made.
 */
const withOwnKey = <A>(
  key: string | undefined,
  work: (own: string | undefined) => Effect.Effect<A, WebhookFailure>
): Effect.Effect<A, WebhookFailure> =>
  Effect.withFiber<A, WebhookFailure>((fiber) => {
    const { principal } = fiber.getRef(RequestCaller)
    if (principal === undefined || key === undefined) return work(key)
    return Effect.catchTag(work(`${principalName(principal)} ${key}`), "WebhookKeyReused", () =>
      Effect.fail(new WebhookKeyReused({ key }))
    )
  })

/** Sends nothing; a request that would need it is refused before. */
const noSender: WebhookOptions["sender"] = {
  objectionTo: () => "cannot be sent to",
  send: () => Effect.die("there is no sender of webhooks")
}

/** The webhooks of a context. */
const webhooksOf = (
  { context, log }: ServedContext,
  sender: WebhookSender,
  record: RecordManagement
) => ({
  context,
  get: log.webhooks.get,
  management: makeWebhookManagement(log, sender, { record }),
  sending: makeWebhookSending(log, sender, { record })
})

type ContextWebhooks = ReturnType<typeof webhooksOf>

/** The context that a webhook is of; one of them all for a webhook that nobody knows. */
const findContext = Effect.fnUntraced(function* (
  all: ReadonlyArray<ContextWebhooks>,
  webhookId: string
) {
  for (const one of all) if ((yield* one.get(webhookId)) !== null) return one
  return all[0] as ContextWebhooks
})

const checkTypes = (
  { context }: ContextWebhooks,
  types: ReadonlyArray<string> | null | undefined
) => {
  const objection = objectionToTypes(context, types, "eventTypes")
  return objection === undefined ? Effect.void : Effect.fail(objection)
}

/** The endpoints of the webhooks of these contexts. */
export const layerWebhookRoutes = (contexts: ReadonlyArray<ContextName>) =>
  HttpApiBuilder.group(
    routedSharedApi(contexts),
    "webhooks",
    Effect.fnUntraced(function* (handlers) {
      const served = yield* ServedContexts
      const { authenticate, recordManagement, webhooks: options } = yield* HttpSettings
      const record = recordManagement ? yield* makeManagementRecords : noManagementRecords
      const sender = options?.sender ?? noSender
      const all = served.map((one) => webhooksOf(one, sender, record))

      /** Does what is asked for, if the request may; answers with the problem otherwise. */
      const managing = <A>(
        { request }: { readonly request: HttpServerRequest },
        work: Effect.Effect<A, WebhookFailure>
      ) => {
        const obstacle = obstacleTo(options, request, authenticate !== undefined)
        return obstacle === undefined
          ? Effect.catch(work, (failure) => loggedProblem(webhookProblem(failure), failure))
          : Effect.succeed(problemResponse(notHereProblem(obstacle)))
      }

      /** The same for one webhook, which is of one of the contexts. */
      const managingOne = <A>(
        asked: {
          readonly request: HttpServerRequest
          readonly params: { readonly webhookId: string }
        },
        work: (found: ContextWebhooks, webhookId: string) => Effect.Effect<A, WebhookFailure>
      ) => {
        const { webhookId } = asked.params
        return managing(
          asked,
          Effect.flatMap(findContext(all, webhookId), (found) => work(found, webhookId))
        )
      }
      /** The view of a webhook that an effect answers with. */
      const shown = <V, E>(
        webhook: Effect.Effect<Webhook, E>,
        view: (webhook: Webhook, context: string) => V,
        { context }: ContextWebhooks
      ) => Effect.map(webhook, (one) => view(one, context))

      return handlers.handleAll({
        create: (asked) => {
          const { context = contexts[0], ...webhook } = asked.payload
          // The schema of the request names no other context.
          const found = all.find((one) => one.context === context) as ContextWebhooks
          const made = Effect.andThen(
            checkTypes(found, webhook.eventTypes),
            withOwnKey(asked.headers["idempotency-key"], (key) =>
              found.management.create(webhook, key)
            )
          )
          return managing(asked, shown(made, webhookWithSecret, found))
        },
        list: (asked) =>
          managing(
            asked,
            Effect.map(
              Effect.forEach(all, ({ context, management }) =>
                Effect.map(management.list, (some) => some.map((one) => webhookView(one, context)))
              ),
              (lists) => ({ items: lists.flat() })
            )
          ),
        get: (asked) =>
          managingOne(asked, (found, id) => shown(found.management.get(id), webhookView, found)),
        update: (asked) =>
          managingOne(asked, (found, id) => {
            const changed = Effect.andThen(
              checkTypes(found, asked.payload.eventTypes),
              found.management.change(id, asked.payload)
            )
            return shown(changed, webhookView, found)
          }),
        delete: (asked) =>
          managingOne(asked, ({ management }, id) => Effect.asVoid(management.remove(id))),
        rotateSecret: (asked) =>
          managingOne(asked, (found, id) => {
            const rotated = withOwnKey(asked.headers["idempotency-key"], (key) =>
              found.management.rotateSecret(id, asked.payload ?? {}, key)
            )
            return shown(rotated, webhookWithSecret, found)
          }),
        test: (asked) =>
          managingOne(asked, ({ sending }, id) =>
            Effect.map(sending.test(id), ({ durationMillis, httpStatus, problem }) => ({
              isDelivered: problem === null,
              ...{ httpStatus, problem, durationMillis: Math.round(durationMillis) }
            }))
          ),
        deliveries: (asked) =>
          managingOne(asked, ({ sending }, webhookId) => {
            const { before, size = pageSize, status } = asked.query
            const query = { webhookId, status, before, limit: size + 1 }
            return Effect.map(sending.deliveries(query), (found) => ({
              items: found.slice(0, size).map(deliveryView),
              next: found.length > size ? (found[size - 1]?.position ?? null) : null
            }))
          }),
        redeliver: (asked) =>
          managingOne(asked, ({ sending }, id) =>
            Effect.map(sending.redeliver(id, asked.payload.positions), (sent) => ({
              items: sent.map(deliveryView)
            }))
          ),
        replay: (asked) =>
          managingOne(asked, (found, id) =>
            shown(found.management.replay(id, asked.payload.after), webhookView, found)
          )
      })
    })
  )
