// GraphQL is held to the library and to REST by stories of commands.
import { storiesAtDoors } from "../../../http/test/parity/storiesAtDoors.ts"
import { graphqlDoor, makeSchema } from "../../src/index.ts"
import { mutationOf, plain } from "./selections.ts"

const schema = makeSchema({ inventory: true, catalog: false })

storiesAtDoors({
  mounted: {
    doors: [graphqlDoor({ limits: { aliases: 10_000, tokens: 20_000, characters: 500_000 } })],
    requestLinesMax: 2_000
  },
  // A line of bulk that cannot be read has no type, and GraphQL refuses it with the whole request.
  takesLine: ({ type }) => type !== "UNREADABLE",
  plain,
  isCompared: ({ code }) => code !== "invalid-input",
  open:
    async ({ fetch }) =>
    async (name, input, key) => {
      const response = await fetch(
        new Request("http://shop.example/graphql", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ query: mutationOf(schema, name), variables: { input, key } })
        })
      )
      const body = (await response.json()) as {
        readonly data?: { readonly answer: object }
        readonly errors?: unknown
      }
      // A value that does not fit its type is refused by graphql-js, before core reads it.
      if (body.data === undefined) return { code: "invalid-input", answer: body.errors }
      if (body.errors !== undefined) throw new Error(`${name} ${JSON.stringify(body.errors)}`)
      const found = plain(body.data.answer) as Readonly<Record<string, unknown>>
      const problem = Object.entries(body.data.answer).find(([name]) =>
        name.endsWith("problem")
      )?.[1]
      return problem === undefined
        ? { answer: found["answer"], isReplayed: found["isReplayed"] === true }
        : { code: String(problem), answer: found }
    }
})
