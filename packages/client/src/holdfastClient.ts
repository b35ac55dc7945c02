/** The client: a group of methods for each group of operations, made from the table of routes. */
import type { CatalogMethods } from "./api/catalogMethods.ts"
import type { InventoryMethods } from "./api/inventoryMethods.ts"
import type { OtherMethods } from "./api/otherMethods.ts"
import { routes } from "./api/routes.ts"
import { checkBaseUrl, makeCaller } from "./calling/caller.ts"
import { eventStream } from "./calling/eventStream.ts"
import type { CallOptions, ClientOptions } from "./calling/options.ts"
import { readRoute } from "./calling/Route.ts"

/** The client. Its methods need no `this`. */
export interface HoldfastClient extends InventoryMethods, CatalogMethods, OtherMethods {}

type Input = Readonly<Record<string, unknown>>

/**
 * Makes a client of the server at `baseUrl`. Nothing is sent yet. A method answers with a result: what was
 * answered, or a refusal with the name of its `problem`. It throws `CallNotAnswered` when neither came, after its tries.
 * A `baseUrl` that is no address throws a TypeError at once, and so does a number that no time and no count is.
 */
export const holdfastClient = (options: ClientOptions): HoldfastClient => {
  checkBaseUrl(options)
  const call = makeCaller(options)
  const groups = Object.entries(routes).map(([group, methods]) => {
    const made = Object.entries(methods).map(([name, text]) => {
      const route = readRoute(text)
      const method = (input: Input = {}, about: CallOptions = {}) =>
        route.isStream ? eventStream(options, input, about) : call(route, input, about)
      return [name, method] as const
    })
    return [group, Object.fromEntries(made)] as const
  })
  // The table and the types of the methods are made from one document, which a test holds them to.
  return Object.fromEntries(groups) as unknown as HoldfastClient
}
