/**
 * What a host answers by itself: while it listens and has no routes yet, `/health/live` is 200, and any other
 * request should come again shortly, on a new connection; and what it lets nobody ask.
 */
import { plainProblem, problemContentType, problemType } from "./Problem.ts"

/** An answer that a host writes itself. */
export interface PlainAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const answer = (status: number, contentType: string, value: object): PlainAnswer => {
  const body = JSON.stringify(value)
  return {
    status,
    headers: {
      connection: "close",
      "content-type": contentType,
      "content-length": String(new TextEncoder().encode(body).length),
      ...(status === 503 ? { "retry-after": "1" } : {})
    },
    body
  }
}

const live = answer(200, "application/json", { status: "live" })
const starting = answer(
  503,
  problemContentType,
  plainProblem(503, "The server is starting; try again shortly")
)

/** The answer to a request for a path, as in `GET /health/live`. */
export const startingAnswer = (path: string): PlainAnswer =>
  path.split("?", 1)[0] === "/health/live" ? live : starting

/** The answer to somebody who may ask nothing, and why. */
export const refusedAnswer = (why: string): PlainAnswer =>
  answer(403, problemContentType, {
    ...plainProblem(403, why),
    type: problemType("forbidden")
  })
