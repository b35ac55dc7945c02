/**
 * The id of a request, which its problem answer and its lines of log have in common. It is made when
 * somebody first asks for it: most requests need none.
 */
import type { HttpServerRequest } from "effect/http/HttpServerRequest"

const ids = new WeakMap<object, string>()

/** The id of a request, a UUID; the same whenever it is asked. */
export const requestIdOf = ({ source }: Pick<HttpServerRequest, "source">): string => {
  const known = ids.get(source)
  if (known !== undefined) return known
  const id = crypto.randomUUID()
  ids.set(source, id)
  return id
}
