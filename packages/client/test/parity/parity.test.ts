// The typed client is held to the library and to REST by stories of commands.

import { routePermissions } from "../../../http/src/access/routePermissions.ts"
import { storiesAtDoors } from "../../../http/test/parity/storiesAtDoors.ts"
import { holdfastClient, type Result } from "../../src/index.ts"

type Method = (
  input: object,
  options: object
) => Promise<Result<unknown, { readonly problem: string }>>
type Methods = Record<string, Record<string, Method>>

/** The method of a command; several lines are reserved by those of orders. */
const placeOf = (command: string, input: { readonly replace?: boolean }) =>
  command === "reserve"
    ? ["orders", input.replace === true ? "replace" : "add"]
    : Object.entries(routePermissions).flatMap(([group, rows]) =>
        Object.entries(rows).flatMap(([name, operation]) =>
          operation.name === command ? [group, name] : []
        )
      )

storiesAtDoors({
  mounted: { requestLinesMax: 2_000 },
  plain: (value) => value,
  // What REST answers is compared by its own tests; that it comes through, by `answers.test.ts`.
  isCompared: () => false,
  open: async ({ fetch }) => {
    const client = holdfastClient({
      baseUrl: "http://shop.example",
      fetch: (url, init) => fetch(new Request(url, init)),
      retriesMax: 0
    }) as unknown as Methods
    return async (command, input, idempotencyKey) => {
      const [group = "", name = ""] = placeOf(command, input)
      const method = client[group]?.[name]
      if (method === undefined) throw new Error(`${command} has no method`)
      const { replace: _, ...rest } = input as { readonly replace?: boolean }
      const asked = command === "reserve" ? rest : input
      const result = await method(asked, { idempotencyKey })
      return result.ok
        ? { answer: result.answer, isReplayed: result.isReplayed }
        : { code: result.refusal.problem, answer: result.refusal }
    }
  }
})
