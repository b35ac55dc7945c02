// All audits of graphql-http, the suite of the specification of GraphQL over HTTP.
import { auditServer, serverAudits } from "graphql-http"
import { expect, it } from "vitest"
import { worldForTests } from "../asking.ts"

// The audits ask for `__typename`, and one of them for the schema.
const { send } = worldForTests({ introspection: true })

it("passes all 61 audits of graphql-http", async () => {
  const options = {
    url: "http://shop.example/graphql",
    fetchFn: (input: string | URL, init?: RequestInit) => send(new Request(input, init))
  }
  expect(serverAudits(options)).toHaveLength(61)
  const results = await auditServer(options)
  const failed = results.flatMap((result) =>
    result.status === "ok" ? [] : [`${result.id} ${result.name}: ${result.reason}`]
  )
  expect(failed).toEqual([])
  expect(results).toHaveLength(61)
})
