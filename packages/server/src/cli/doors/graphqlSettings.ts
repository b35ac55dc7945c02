/** Whether a server has the GraphQL API, and what it answers there: the settings. */
import type { HttpDoor } from "@holdfast/http"
import * as Effect from "effect/Effect"
import { type CommandFailure, usageFailure } from "../CommandFailure.ts"
import { textIn } from "../fileTexts.ts"
import { anyText, oneOf, setting, toggle } from "../settings.ts"

/** The settings. */
export const graphqlFlags = {
  graphql: toggle("graphql", "Serve the GraphQL API at /graphql too (default: false)", false),
  graphqlIntrospection: setting(
    "graphql-introspection",
    {
      metavar: "<on|off>",
      description:
        "Whether the schema of GraphQL may be asked for, with a page to try it (default: on with development tokens)",
      read: oneOf("on", "off")
    },
    undefined
  ),
  graphqlPersistedOnly: setting(
    "graphql-persisted-only",
    {
      metavar: "<file>",
      description: "Answer only the GraphQL documents of this file, JSON of { id: document }",
      read: anyText
    },
    undefined
  )
}

/** The settings as read. */
export interface GraphqlInput {
  readonly graphql: boolean
  readonly graphqlIntrospection: "on" | "off" | undefined
  readonly graphqlPersistedOnly: string | undefined
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""))
  } catch {
    return undefined
  }
}

/** What is wrong with the documents of a file; undefined when they can be used. */
const faultOf = (documents: unknown): string | undefined => {
  if (documents === undefined) return "it is not JSON"
  const isMap = typeof documents === "object" && documents !== null && !Array.isArray(documents)
  if (!isMap) return "it must be a JSON object of documents by their ids"
  const entries = Object.entries(documents)
  if (entries.length === 0) return "it has no document, so nothing could be asked"
  const [id] = entries.find(([, document]) => typeof document !== "string") ?? []
  return id === undefined ? undefined : `the document ${JSON.stringify(id)} is not a text`
}

/** The documents of a file. Nothing else is answered, so a file that cannot be read ends the command. */
const documentsIn = (
  file: string
): Effect.Effect<Readonly<Record<string, string>>, CommandFailure> => {
  const wrong = (why: string) => usageFailure(`--graphql-persisted-only ${file} ${why}`)
  return textIn(file).pipe(
    Effect.mapError((why) => wrong(`cannot be read: ${why}`)),
    Effect.flatMap((text) => {
      const documents = jsonOf(text)
      const fault = faultOf(documents)
      return fault === undefined
        ? Effect.succeed(documents as Readonly<Record<string, string>>)
        : Effect.fail(wrong(`cannot be used: ${fault}`))
    })
  )
}

/**
 * The GraphQL API that the settings ask for, if they do; only then is it loaded. `isDevelopment` says
 * whether the server is one to try things with.
 */
export const graphqlOf = (
  { graphql, graphqlIntrospection, graphqlPersistedOnly }: GraphqlInput,
  isDevelopment: boolean
): Effect.Effect<HttpDoor | undefined, CommandFailure> =>
  Effect.gen(function* () {
    if (!graphql) {
      if (graphqlPersistedOnly === undefined && graphqlIntrospection === undefined) return undefined
      return yield* usageFailure(
        `--graphql-${graphqlPersistedOnly === undefined ? "introspection" : "persisted-only"} needs --graphql`
      )
    }
    const persisted =
      graphqlPersistedOnly === undefined ? undefined : yield* documentsIn(graphqlPersistedOnly)
    const { graphqlDoor } = yield* Effect.promise(() => import("@holdfast/graphql"))
    const introspection =
      graphqlIntrospection === undefined ? isDevelopment : graphqlIntrospection === "on"
    return graphqlDoor({
      introspection,
      persisted,
      persistedOnly: persisted !== undefined
    })
  })
