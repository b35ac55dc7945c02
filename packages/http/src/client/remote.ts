/**
 * A Holdfast that is reached over a network, for the other context's questions to it. Every call is a
 * read, so it may be sent again: each try has a time limit, failures of the network are tried again a
 * few times, and a circuit breaker lets a server that is away alone for a while. Calls fail with
 * `StoreError`; they never wait for long.
 */
import { RequestIsCurrent, RequestMinVersions, writeMinVersions } from "@holdfast/core/caching"
import { StockMayBeOld } from "@holdfast/core/catalog"
import { StoreError } from "@holdfast/core/engine"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import type * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { type HoldfastClient, makeClient } from "./HoldfastClient.ts"

/** Where the other Holdfast is, and how patient its callers are. */
export interface RemoteOptions {
  /** Where its API is, such as `http://inventory:3000`. */
  readonly baseUrl: string | URL
  /** What is shown there as `Authorization: Bearer`, such as the key of a service. */
  readonly bearer?: Redacted.Redacted | undefined
  /** How long one try may take, in milliseconds: 1,000. */
  readonly tryMillisMax?: number | undefined
  /** How long the rest of an answer may take once it has begun, in milliseconds: 10,000. */
  readonly answerMillisMax?: number | undefined
  /** How often a call is tried again when the network fails, or no answer begins: 2. */
  readonly retriesMax?: number | undefined
  /** After so many calls in a row that failed, no call is sent for a while: 5. */
  readonly failuresMax?: number | undefined
  /** How long no call is sent then, in milliseconds, before one finds out how things are: 5,000. */
  readonly openMillis?: number | undefined
}

/** A pause before another try. */
const pauseMillis = 50

/** Asks the other Holdfast. What it refuses is a failure of the call, but for what `keep` names. */
export type Remote = <A, E>(
  call: (client: HoldfastClient) => Effect.Effect<A, E>
) => Effect.Effect<A, StoreError>

const wordsOf = (why: unknown): string => {
  if (why instanceof CircuitBreaker.CircuitBreakerError) {
    return "it failed several times in a row, and is not asked for some seconds"
  }
  if (Cause.isTimeoutError(why)) return "it took too long"
  if (HttpClientError.isHttpClientError(why)) {
    // The words of the library have the address, which is for no one who asks from outside.
    const status = why.response?.status
    return status === undefined ? "it cannot be reached" : `it answered with ${status}`
  }
  return why instanceof Error ? why.message : String(why)
}

const unavailable = (what: string, why: unknown) =>
  new StoreError({ reason: "Unavailable", message: `${what} does not answer: ${wordsOf(why)}` })

/** What a call failed with, as the failure of a store; a `StoreError` of the server is taken over. */
const failureOf = (what: string, cause: Cause.Cause<unknown>): StoreError => {
  const failure = Cause.squash(cause)
  return failure instanceof StoreError && failure.isRetryable ? failure : unavailable(what, failure)
}

/**
 * What is asked for a decision is answered by the store there, and what people look at may come from a
 * cache. Versions that the reader has seen go along.
 */
const asNewAsAsked = (request: HttpClientRequest.HttpClientRequest) =>
  Effect.withFiber<HttpClientRequest.HttpClientRequest>((fiber) => {
    const demanded = fiber.getRef(RequestMinVersions)
    const isForPeople = fiber.getRef(StockMayBeOld) && !fiber.getRef(RequestIsCurrent)
    return Effect.succeed(
      HttpClientRequest.setHeaders(request, {
        ...(isForPeople ? {} : { "cache-control": "no-cache" }),
        ...(demanded.size === 0 ? {} : { "if-min-version": writeMinVersions(demanded) })
      })
    )
  })

/** Makes the way to another Holdfast; `what` names it in messages. */
export const makeRemote = Effect.fnUntraced(function* (
  what: string,
  options: RemoteOptions
): Effect.fn.Return<Remote, never, HttpClient.HttpClient | Scope.Scope> {
  const { answerMillisMax = 10_000, failuresMax = 5, openMillis = 5_000 } = options
  const { retriesMax = 2, tryMillisMax = 1_000 } = options
  const breaker = yield* Effect.provide(
    CircuitBreaker.make({
      tripPolicy: CircuitBreaker.consecutive(failuresMax),
      openDuration: openMillis
    }),
    CircuitBreaker.layerStoreMemory()
  )
  const client = yield* makeClient({
    baseUrl: options.baseUrl,
    transformClient: (plain) => {
      const { bearer } = options
      const shown =
        bearer === undefined
          ? plain
          : HttpClient.mapRequest(plain, HttpClientRequest.bearerToken(bearer))
      const tried = HttpClient.mapRequestEffect(shown, asNewAsAsked).pipe(
        HttpClient.transform((sent) => Effect.timeout(sent, tryMillisMax)),
        HttpClient.retryTransient({
          retryOn: "errors-only",
          times: retriesMax,
          schedule: Schedule.exponential(pauseMillis)
        }),
        // An answer that stops on its way counts as a failure of the call, so it is read here.
        HttpClient.transformResponse((answered) =>
          Effect.tap(answered, ({ text }) => Effect.timeout(text, answerMillisMax))
        )
      )
      // The errors of time-outs and of the breaker become failures of a store below.
      return HttpClient.withCircuitBreaker(tried as HttpClient.HttpClient, {
        breaker,
        key: what,
        classify: (exit) =>
          Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)
            ? CircuitBreaker.failure()
            : HttpClient.circuitBreakerClassifier(exit)
      }) as HttpClient.HttpClient
    }
  })
  return (call) =>
    call(client).pipe(
      Effect.catchCause((cause) =>
        Cause.hasInterruptsOnly(cause) ? Effect.interrupt : Effect.fail(failureOf(what, cause))
      )
    )
})
