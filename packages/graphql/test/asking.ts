/** A GraphQL API over both contexts in memory, and how the tests ask it. */
import type { Principal } from "@holdfast/core/access"
import type { MountOptions } from "@holdfast/http"
import { afterAll, beforeAll } from "vitest"
import { askerHeader } from "../../http/test/access/askers.ts"
import { openWorld, type World } from "../../http/test/access/world.ts"
import { type GraphqlOptions, graphqlDoor } from "../src/index.ts"

/** Who may do everything. */
export const admin: Principal = { id: "root", kind: "USER", roles: ["ADMIN"] }

/** A result as a client gets it. */
export interface Result {
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects out of the answer
  readonly data?: any
  readonly errors?: ReadonlyArray<{
    readonly message: string
    readonly path?: ReadonlyArray<string | number>
    // biome-ignore lint/suspicious/noExplicitAny: the same
    readonly extensions?: any
  }>
}

/** An answer. */
export interface Answer extends Result {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

const address = "http://shop.example/graphql"

/** What a test asks with. */
export interface AskingWorld {
  readonly world: () => World
  readonly send: (request: Request, as?: Principal) => Promise<Response>
  readonly post: (body: unknown, as?: Principal, headers?: object) => Promise<Answer>
  readonly ask: (query: string, variables?: object, as?: Principal) => Promise<Answer>
}

/** An answer, read. */
export const readAnswer = async (response: Response): Promise<Answer> => {
  const text = await response.text()
  const isJson = /json/.test(response.headers.get("content-type") ?? "")
  const result: Result = isJson && text !== "" ? JSON.parse(text) : {}
  return { ...result, status: response.status, headers: response.headers, text }
}

/** Opens a world for the tests of a file. */
export const worldForTests = (
  options: GraphqlOptions = {},
  mounted: MountOptions = {}
): AskingWorld => {
  let world: World | undefined
  beforeAll(async () => {
    world = await openWorld(undefined, { doors: [graphqlDoor(options)], ...mounted })
  })
  afterAll(() => world?.close())
  const opened = (): World => {
    if (world === undefined) throw new Error("the world is not open")
    return world
  }
  const send: AskingWorld["send"] = (request, as = admin) => {
    request.headers.set(askerHeader, JSON.stringify(as))
    return opened().fetch(request)
  }
  const post: AskingWorld["post"] = async (body, as, headers = {}) =>
    readAnswer(
      await send(
        new Request(address, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            accept: "application/graphql-response+json",
            ...headers
          },
          body: typeof body === "string" ? body : JSON.stringify(body)
        }),
        as
      )
    )
  return {
    world: opened,
    send,
    post,
    ask: (query, variables, as) => post({ query, variables }, as)
  }
}

/** The address with parameters. */
export const addressWith = (params: Readonly<Record<string, string>>): string =>
  `${address}?${new URLSearchParams(params)}`
