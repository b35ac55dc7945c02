/** What a request asks for, as the specification of GraphQL over HTTP has it. */
import * as Result from "effect/Result"

/** One operation that is asked for. */
export interface AskedOperation {
  readonly query: string | undefined
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
  /** The id of a document that the server knows. */
  readonly documentId: string | undefined
}

/** What is wrong with the form of a request. */
export type BadForm = string

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isGiven = (value: unknown): boolean => value !== undefined && value !== null

/** The id of a document, in either of the two ways in which clients write it. */
const idIn = (params: Readonly<Record<string, unknown>>): unknown => {
  const { documentId, extensions } = params
  const persisted = isMap(extensions) ? extensions["persistedQuery"] : undefined
  return documentId ?? (isMap(persisted) ? persisted["sha256Hash"] : undefined)
}

/** Reads one operation of a body or of an address. */
export const readOperation = (params: unknown): Result.Result<AskedOperation, BadForm> => {
  if (!isMap(params)) return Result.fail("each operation must be a JSON object")
  const { extensions, operationName, query, variables } = params
  const id = idIn(params)
  if (isGiven(query) && typeof query !== "string") return Result.fail("query must be text")
  if (isGiven(operationName) && typeof operationName !== "string") {
    return Result.fail("operationName must be text")
  }
  if (isGiven(variables) && !isMap(variables)) return Result.fail("variables must be an object")
  if (isGiven(extensions) && !isMap(extensions)) return Result.fail("extensions must be an object")
  if (isGiven(id) && typeof id !== "string") return Result.fail("documentId must be text")
  if (!isGiven(query) && !isGiven(id)) return Result.fail("query is missing")
  return Result.succeed({
    query: (query as string | null | undefined) ?? undefined,
    operationName: (operationName as string | null | undefined) ?? undefined,
    variables: (variables as AskedOperation["variables"] | null | undefined) ?? {},
    documentId: (id as string | null | undefined)?.replace(/^sha256:/, "")
  })
}

const parsed = (search: URLSearchParams, name: string): unknown => {
  const text = search.get(name)
  if (text === null) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Reads the operation of an address. */
export const readAddress = (url: string): Result.Result<AskedOperation, BadForm> => {
  const { searchParams } = new URL(url, "http://localhost")
  return readOperation({
    query: searchParams.get("query") ?? undefined,
    operationName: searchParams.get("operationName") ?? undefined,
    documentId: searchParams.get("documentId") ?? undefined,
    variables: parsed(searchParams, "variables"),
    extensions: parsed(searchParams, "extensions")
  })
}

/** The media types of answers. */
export type Media = "application/graphql-response+json" | "application/json" | "text/event-stream"

/** The media type to answer in: the modern one when it is asked for by name. */
export const mediaOf = (accept: string | undefined): Media | undefined => {
  if (accept === undefined || accept.trim() === "") return "application/json"
  const types = accept.split(",").map((part) => part.split(";", 1)[0]?.trim().toLowerCase())
  const known = types.find(
    (type) =>
      type === "application/graphql-response+json" ||
      type === "application/json" ||
      type === "text/event-stream" ||
      type === "*/*" ||
      type === "application/*"
  )
  if (known === undefined) return undefined
  if (types.includes("application/graphql-response+json")) {
    return "application/graphql-response+json"
  }
  return known === "*/*" || known === "application/*" ? "application/json" : (known as Media)
}
