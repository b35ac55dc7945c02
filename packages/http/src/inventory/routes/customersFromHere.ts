/**
 * Who may see what is kept about customers where nobody vouches for who asks: the machine of the server
 * alone, as with the audit log.
 */
import type { RequestOptions } from "@holdfast/core/engine"
import type { InventoryRefusal, StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import { problemSchema } from "../../events/eventProblems.ts"
import { HttpSettings } from "../../kit/HttpOptions.ts"
import { problemType } from "../../kit/Problem.ts"
import { loggedResponse, problemResponse } from "../../kit/problemResponse.ts"
import { type WriteRequest, withHeader, writingWith } from "../../kit/writing.ts"
import { notFromLoopback } from "../../webhooks/fromLoopback.ts"

const notHere = {
  status: 403,
  slug: "customers-not-here",
  title: "What is kept about customers cannot be reached from here"
} as const

/** The problem of a request from elsewhere, as the error of an endpoint. */
export const customersNotHereSchema = problemSchema(notHere, "CustomersNotHereProblem", {})

/**
 * Gives the handlers their way to read and to erase: in the name of the caller, and with where the request
 * came from, for the record. No cache stores what is answered.
 */
export const customersFromHere = Effect.gen(function* () {
  const { authenticate } = yield* HttpSettings
  const write = yield* writingWith(loggedResponse)
  return <A>(
    asked: WriteRequest & { readonly request: HttpServerRequest },
    work: (options: RequestOptions | undefined) => Effect.Effect<A, InventoryRefusal | StoreError>
  ): Effect.Effect<A | HttpServerResponse.HttpServerResponse> => {
    const obstacle = authenticate === undefined ? notFromLoopback(asked.request) : undefined
    if (obstacle !== undefined) return Effect.succeed(fromElsewhere(obstacle))
    const done = write(
      asked,
      (options) => Effect.map(work(options), (answer) => ({ answer, isReplayed: false })),
      (answer) => answer
    )
    return Effect.andThen(withHeader("cache-control", "no-store"), done)
  }
})

const fromElsewhere = (obstacle: string): HttpServerResponse.HttpServerResponse => {
  const { slug, ...problem } = notHere
  const detail = `Without authentication what is kept about customers is reached over a loopback address: ${obstacle}`
  return problemResponse({ problem: { type: problemType(slug), ...problem, detail } })
}
