/** The answers of other doors, which are no problems of the REST API and are sent as they are. */
import type { HttpServerResponse } from "effect/http/HttpServerResponse"

/** By the body, which an answer keeps when it gets more headers. */
const bodies = new WeakSet<object>()

/** Marks an answer. */
export const asItIs = (response: HttpServerResponse): HttpServerResponse => {
  bodies.add(response.body)
  return response
}

/** Whether another door has answered. */
export const isOfDoor = ({ body }: HttpServerResponse): boolean => bodies.has(body)
