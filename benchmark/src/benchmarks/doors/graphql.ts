/** A product page through GraphQL, against the REST page that answers the same fields. */
import * as Effect from "effect/Effect"
import type { Benchmark } from "../../Bench.ts"
import { race } from "../../Contender.ts"
import { deployedServer, httpContender } from "../../http/childProcess.ts"
import { aimAt, rowsOfShares } from "../reservations.ts"

const rest = "REST, the product page"
const whole = "GraphQL, the same fields"
const third = "GraphQL, a third of them"
const name = "GraphQL, the name alone"

/** Keep-alive connections of the load generator. */
const connections = 64

const ofProduct =
  "id name description translations type status images { url alt position isPrimary } externalId slug " +
  "attributes metadata publishAt unpublishAt version revision createdAt updatedAt isShown " +
  "categories { id name translations parentId level sortOrder isActive externalId version isPrimary }"
const ofOption =
  "id productId name translations price status statusBy position externalId createdAt " +
  "skuMappings { skuId quantity stock { skuId status availableQuantity inStockQuantity } } " +
  "availability { optionId availableQuantity limitingSkuId }"

const asking = (productId: string, selection: string) => ({
  post: "/graphql",
  body: JSON.stringify({ query: `{ product(productId: "${productId}") { ${selection} } }` })
})

const productOf = async (url: string): Promise<string> => {
  const page = await (await fetch(`${url}/api/products?size=1`)).json()
  return (page as { items: ReadonlyArray<{ id: string }> }).items[0]?.id ?? ""
}

/** The product page of the deployed server, at both doors. */
export const graphql: Benchmark = {
  name: "graphql",
  run: Effect.fnUntraced(function* (bench) {
    const { copy } = yield* bench.databases
    const database = yield* copy("graphql")
    const server = yield* deployedServer("--database", database, "--demo", "--graphql")
    const id = yield* Effect.promise(() => productOf(server.url))
    const contenders = [
      httpContender(rest, server, { get: `/api/products/${id}` }, connections),
      httpContender(whole, server, asking(id, `${ofProduct} options { ${ofOption} }`), connections),
      httpContender(
        third,
        server,
        asking(id, "name options { name price availability { availableQuantity } }"),
        connections
      ),
      httpContender(name, server, asking(id, "name"), connections)
    ]
    const medians = yield* race(contenders, bench.race)
    return {
      name: "graphql",
      title: "Through GraphQL",
      about:
        `${connections} keep-alive connections of a client in its own process, on PostgreSQL. The REST page has a product ` +
        "with its categories, options and stock; GraphQL is asked for all of that, and for less.",
      ratioIs: "of REST",
      rows: rowsOfShares(medians, rest),
      aims: [
        aimAt(medians, [whole, rest], "the same fields, against the REST page", 0.7),
        aimAt(medians, [third, rest], "a third of the fields, against the REST page", 1)
      ]
    }
  })
}
