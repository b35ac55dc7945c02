/** Problems as responses. The one place where an answer of status 400 and above is written. */
import type { InvalidInput, InventoryRefusal, StoreError } from "@holdfast/core/inventory"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { type ProblemAnswer, plainProblem, problemContentType, problemOf } from "./Problem.ts"

/** A problem as a response. */
export const problemResponse = ({ headers, problem }: ProblemAnswer) =>
  HttpServerResponse.text(JSON.stringify(problem), {
    status: problem.status,
    contentType: problemContentType,
    headers
  })

/** A refusal, or a failed store, as a response. */
export const refusalResponse = (error: InventoryRefusal | StoreError) =>
  problemResponse(problemOf(error))

/** A problem as a response. A bug of ours is logged first, because the caller only gets a 500. */
export const loggedProblem = (answer: ProblemAnswer, cause: unknown) => {
  const response = problemResponse(answer)
  return response.status === 500
    ? Effect.as(Effect.logError("the store could not do what it was asked", cause), response)
    : Effect.succeed(response)
}

/** A refusal, or a failed store, as a response; what is a bug of ours is logged first. */
export const loggedResponse = (error: InventoryRefusal | StoreError) =>
  loggedProblem(problemOf(error), error)

/** A problem that needs no more than its status, as a response. */
export const plainResponse = (
  status: number,
  detail?: string,
  headers?: Readonly<Record<string, string>>
) => problemResponse({ problem: plainProblem(status, detail), headers })

/** What is wrong with more lines than the server takes. */
export const tooManyLines = (linesMax: number): InvalidInput.FieldIssue => ({
  path: "lines",
  message: `must hold at most ${linesMax} lines`
})

/** The response that names one bad part of a request. */
export const invalidResponse = (path: string, message: string) =>
  refusalResponse({ _tag: "InvalidInput", issues: [{ path, message }] })
