/**
 * Answers requests: reads what is asked for, refuses what is too large, finds out who asks, draws
 * from the limits, and only then executes.
 */
import type { Admitted } from "@holdfast/http"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { execute, GraphQLError } from "graphql"
import type { Asked } from "../reading/Asked.ts"
import { answerBatch, answerOne, badRequest, type Ended, executed, notExecuted } from "./answers.ts"
import { answerCached } from "./cached.ts"
import { nothing, overLimit, together, tooMuch } from "./Limits.ts"
import { type AskedOperation, type Media, mediaOf, readAddress, readOperation } from "./requests.ts"
import type { Ready, Serving } from "./Serving.ts"
import { answerStream, notStreamed } from "./streaming.ts"

const textOf = (
  { persisted, persistedOnly }: Serving,
  { documentId, query }: AskedOperation
): Result.Result<string, Ended> => {
  const known = documentId === undefined ? undefined : persisted.get(documentId)
  if (known !== undefined) return Result.succeed(known)
  if (persistedOnly) {
    const why =
      documentId === undefined
        ? "Only documents that the server knows are answered: send the id of one as documentId"
        : "The server knows no document of this id, and answers no others"
    return Result.fail(badRequest(why, "document-not-known"))
  }
  return query === undefined
    ? Result.fail(badRequest("PersistedQueryNotFound", "document-not-known"))
    : Result.succeed(query)
}

const readyOf = (serving: Serving, asked: AskedOperation): Result.Result<Ready, Ended> =>
  Result.flatMap(textOf(serving, asked), (text): Result.Result<Ready, Ended> => {
    const document = serving.read(text)
    if ("errors" in document) return Result.fail(notExecuted(document.errors))
    const operation = document.operationOf(asked.operationName)
    return operation === undefined
      ? Result.fail(badRequest("operationName must name an operation of the document"))
      : Result.succeed({ document, operation, asked })
  })

const isMutation = ({ operation }: Ready): boolean => operation.operation === "mutation"

/** How many requests of REST the operations are: a mutation is one for each command. */
const drawsOf = (all: ReadonlyArray<Ready>) => {
  const writes = all
    .filter(isMutation)
    .reduce((sum, { document, operation }) => sum + document.commandsOf(operation), 0)
  return { writes, reads: all.filter((it) => !isMutation(it)).length }
}

const allOf = (results: ReadonlyArray<Result.Result<Ready, Ended>>): ReadonlyArray<Ready> =>
  results.flatMap((result) => (Result.isSuccess(result) ? [result.success] : []))

const run = (serving: Serving, asked: Asked, ready: Ready): Effect.Effect<Ended> =>
  Effect.promise(async () =>
    executed(
      await execute({
        schema: serving.schema,
        document: ready.document.document,
        contextValue: asked,
        operationName: ready.asked.operationName ?? null,
        variableValues: ready.asked.variables
      })
    )
  )

/** Refuses operations that are too much together. */
const tooMuchTogether = ({ limits }: Serving, all: ReadonlyArray<Ready>) =>
  tooMuch(
    all
      .map(({ asked, document, operation }) => document.measure(operation, asked.variables))
      .reduce(together, nothing),
    limits
  )

/** What is asked for, with what it is to be answered in. */
interface Reading {
  readonly media: Media
  readonly operations: ReadonlyArray<Result.Result<AskedOperation, string>>
  readonly isBatch: boolean
}

const answerAll = Effect.fnUntraced(function* (
  serving: Serving,
  request: HttpServerRequest,
  admitted: Admitted,
  { isBatch, media, operations }: Reading
) {
  const results = operations.map((operation) =>
    Result.isFailure(operation)
      ? Result.fail<Ended>(badRequest(operation.failure))
      : readyOf(serving, operation.success)
  )
  const ready = allOf(results)
  const { reads, writes } = drawsOf(ready)
  const wrongMethod = request.method !== "POST" && ready.some(isMutation)
  // What cannot be executed counts as a read, or else guessing would be free.
  const refused =
    (yield* admitted.draw("reads", reads + results.length - ready.length)) ??
    (writes === 0 ? undefined : yield* admitted.draw("writes", writes))
  if (refused !== undefined) return refused
  if (wrongMethod) {
    const error = new GraphQLError("GET is for queries; send a mutation by POST")
    return answerOne(request, media, notExecuted([error], { status: 405, allow: "POST" }))
  }
  const over = tooMuchTogether(serving, ready)
  if (over !== undefined) return answerOne(request, media, notExecuted([over]))
  const followed = ready.find(({ operation }) => operation.operation === "subscription")
  if (followed !== undefined) {
    return isBatch || media !== "text/event-stream"
      ? notStreamed(request)
      : yield* answerStream({ serving, request, admitted, ready: followed })
  }
  const gone = new AbortController()
  // What a change leads to is read where it was written.
  const about = { signal: gone.signal, isCurrent: writes > 0 }
  const asked = yield* serving.askedOf(request, admitted, about)
  const ended = yield* Effect.forEach(results, (result) =>
    Result.isFailure(result) ? Effect.succeed(result.failure) : run(serving, asked, result.success)
  ).pipe(Effect.onInterrupt(() => Effect.sync(() => gone.abort())))
  if (ended.some(({ body }) => body.errors !== undefined)) {
    serving.host.note(request, { outcome: "refused" })
  }
  const [only] = ended
  if (isBatch || only === undefined) return answerBatch(request, media, ended)
  return request.method !== "POST"
    ? yield* answerCached(request, media, only, serving.cacheSeconds)
    : answerOne(request, media, only)
})

const notAcceptable = (request: HttpServerRequest) =>
  answerOne(request, "application/json", {
    ...badRequest("accept must allow application/graphql-response+json or application/json"),
    status: 406
  })

const otherType = (request: HttpServerRequest, media: Media) =>
  answerOne(request, media, { ...badRequest("content-type must be application/json"), status: 415 })

/** Whether a person opens the path in a browser. */
const isForPage = ({ headers, method, url }: HttpServerRequest): boolean =>
  method !== "POST" && !url.includes("?") && headers["accept"]?.includes("text/html") === true

const isJson = (request: HttpServerRequest): boolean =>
  /^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")

/** Reads the body of a POST: one operation, or a batch of them. */
const readBody = (serving: Serving, request: HttpServerRequest, media: Media) =>
  Effect.map(
    serving.host.readBody(request),
    (body): Result.Result<Reading, HttpServerResponse.HttpServerResponse> => {
      if (Result.isFailure(body)) return Result.fail(body.failure)
      const { batch } = serving.limits
      const isBatch = Array.isArray(body.success)
      const operations = isBatch ? body.success : [body.success]
      if (operations.length > batch) {
        return Result.fail(
          answerOne(request, media, notExecuted([overLimit("batch", operations.length, batch)]))
        )
      }
      return operations.length === 0
        ? Result.fail(answerOne(request, media, badRequest("a batch must hold an operation")))
        : Result.succeed({ media, isBatch, operations: operations.map(readOperation) })
    }
  )

/** Answers a request. */
export const answer = (
  serving: Serving,
  request: HttpServerRequest
): Effect.Effect<HttpServerResponse.HttpServerResponse, never, Scope.Scope> =>
  Effect.gen(function* () {
    if (serving.page !== undefined && isForPage(request)) return serving.page
    const media = mediaOf(request.headers["accept"])
    if (media === undefined) return notAcceptable(request)
    if (request.method === "POST" && !isJson(request)) return otherType(request, media)
    const admitted = yield* serving.host.admit(request)
    if (Result.isFailure(admitted)) return admitted.failure
    const reading =
      request.method !== "POST"
        ? Result.succeed<Reading>({
            media,
            isBatch: false,
            operations: [readAddress(request.url)]
          })
        : yield* readBody(serving, request, media)
    return Result.isFailure(reading)
      ? ((yield* admitted.success.draw("reads", 1)) ?? reading.failure)
      : yield* answerAll(serving, request, admitted.success, reading.success)
  })
