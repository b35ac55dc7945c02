/**
 * The short way: a kept answer is given before the routes are asked, under the same rules. Requests under way
 * and rates are limited, and requests are counted, timed and logged. Those that are traced go the long way, as
 * does everything that this way cannot answer. There is none where somebody finds out who asks.
 */
import { lookAgain } from "@holdfast/core/caching"
import { isTraced } from "@holdfast/core/tracing"
import * as Effect from "effect/Effect"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { HttpSettings } from "../../kit/HttpOptions.ts"
import { loggedAt, noteRequest } from "../../kit/serving/accessLog.ts"
import { requestMeter } from "../../kit/serving/requestMeter.ts"
import { drawsOf, standingHeaders } from "../../limits/limitRequests.ts"
import type { KeptAnswer, ListenedRequest, ShortWay, WrittenAnswer } from "./KeptAnswers.ts"
import { hasReadableTags, keptAnswerTo } from "./keptAnswerTo.ts"

/** A request as the parts of the API see it that need no route. */
const seenBy = ({ headers, method, remoteAddress, source, url }: ListenedRequest) =>
  ({
    ...{ headers, method, source, url, originalUrl: url },
    remoteAddress: Option.fromUndefinedOr(remoteAddress)
  }) as unknown as HttpServerRequest

/** Draws from the buckets of a request, and gives their standing; undefined when one of them is empty. */
const drawing = (settings: HttpSettings["Service"]) => {
  const { limiter } = settings
  const drawsFor = drawsOf(settings)
  return (request: HttpServerRequest) =>
    Effect.gen(function* () {
      let standing: Readonly<Record<string, string>> = {}
      for (const { key, limit, name } of drawsFor(request, undefined, "reads")) {
        const decision = yield* limiter.take(name, limit, key)
        // It is refused on the long way, where the bucket is as empty.
        if (!decision.isAllowed) return undefined
        standing = standingHeaders(standing, name, limit, decision)
      }
      return standing
    })
}

/** Nobody reads it: what counts answers must not take it for one that was given. */
const hungUp = 499

type Run = (effect: Effect.Effect<void>) => void

/** An answer, or undefined where the routes have to give it. */
type Done = (answer: WrittenAnswer | undefined) => void

/** Answers where no rate is limited: without a fiber, if the cache can. */
const plainly =
  ({ compressors }: HttpSettings["Service"], run: Run) =>
  (request: ListenedRequest, kept: KeptAnswer, done: Done) =>
    lookAgain(kept.sources, run, (seen) => {
      let answer: ReturnType<typeof keptAnswerTo> | undefined
      try {
        answer = seen && keptAnswerTo(request, kept, seen, compressors)
      } catch {
        // A compressor of the host has failed, which the long way logs.
      }
      if (answer instanceof Promise) answer.then(done, () => done(undefined))
      else done(answer)
    })

/** Answers by drawing from the buckets of requests. */
const drawingFirst = (settings: HttpSettings["Service"], run: Run) => {
  const draw = drawing(settings)
  const answer = plainly(settings, run)
  const answerTo = (request: ListenedRequest, kept: KeptAnswer) =>
    Effect.gen(function* () {
      const found = yield* Effect.callback<WrittenAnswer | undefined>((resume) =>
        answer(request, kept, (it) => resume(Effect.succeed(it)))
      )
      const standing = found && (yield* draw(seenBy(request)))
      return found && standing && { ...found, headers: { ...found.headers, ...standing } }
    })
  return (request: ListenedRequest, kept: KeptAnswer, done: Done) =>
    run(
      Effect.matchCause(answerTo(request, kept), {
        onFailure: () => done(undefined),
        onSuccess: done
      })
    )
}

const shortWay = (settings: HttpSettings["Service"]) =>
  Effect.withFiber<ShortWay, never, HttpSettings>((fiber) =>
    Effect.gen(function* () {
      const { accessLog, limits, underWay } = settings
      const requestsMax = limits.requestsMax ?? Number.POSITIVE_INFINITY
      const isLimited = limits.address?.reads !== undefined || limits.principal?.reads !== undefined
      const meter = yield* requestMeter
      const fork = Effect.runForkWith(yield* Effect.context<never>())
      const run: Run = (effect) => void fork(effect)
      const isLeftOut = fiber.getRef(HttpMiddleware.TracerDisabledWhen)
      const isUntraced = isTraced(fiber)
        ? (request: ListenedRequest) => isLeftOut(seenBy(request))
        : () => true
      const answerTo = isLimited ? drawingFirst(settings, run) : plainly(settings, run)
      const logged = (
        request: ListenedRequest,
        kept: KeptAnswer,
        status: number,
        millis: number
      ) => {
        if (accessLog === undefined) return
        const seen = seenBy(request)
        noteRequest(seen, { operation: kept.operation })
        run(loggedAt(accessLog, seen, status, kept.route, millis))
      }
      return (request, kept, answered) => {
        if (underWay.requests >= requestsMax || !hasReadableTags(request)) return false
        if (!isUntraced(request)) return false
        const begun = meter.begun()
        const begunAt = accessLog === undefined ? 0 : performance.now()
        underWay.requests += 1
        answerTo(request, kept, (answer) => {
          underWay.requests -= 1
          if (answer === undefined) {
            meter.handedOn()
            answered(undefined)
            return
          }
          const status = answered(answer) ? answer.status : hungUp
          meter.endedAt(begun, request.method, kept.route, status)
          run(kept.again)
          logged(request, kept, status, performance.now() - begunAt)
        })
        return true
      }
    })
  )

/** Opens the short way for as long as the routes are there, where a listener asks for it. */
export const layerShortWay: Layer.Layer<never, never, HttpSettings> = Layer.effectDiscard(
  Effect.gen(function* () {
    const settings = yield* HttpSettings
    const { authenticate, keptAnswers } = settings
    // Who asks is found out on the long way: what they may see is theirs.
    if (keptAnswers === undefined || authenticate !== undefined) return
    keptAnswers.open(yield* shortWay(settings))
    yield* Effect.addFinalizer(() => Effect.sync(() => keptAnswers.close()))
  })
)
