/** Sends requests, again where they may be, and reads what they are answered with. */
import { refusalCodes } from "../api/routes.ts"
import { CallNotAnswered, type Fault, type NotAnswered } from "./errors.ts"
import type { CallOptions, ClientOptions, Result } from "./options.ts"
import { placed, type Route } from "./Route.ts"
import { patienceOf, pause, pauseMillis, timeIsOver, within } from "./trying.ts"

type Fields = Readonly<Record<string, unknown>>

/** A refusal of any operation. */
export interface AnyRefusal {
  readonly problem: string
  readonly title: string
}

const known = new Set(refusalCodes.split(" "))

const prefix = "urn:holdfast:problem:"

/** `crypto.randomUUID` is missing on pages without TLS. */
const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("")

/** What the caller's own code threw before anything was sent: it says nothing about the server. */
export class NotSent {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}

/** The token of a request; what the function that gets it throws is its caller's to see. */
const bearerOf = async ({ bearer }: ClientOptions): Promise<string | undefined> => {
  try {
    const token = typeof bearer === "function" ? await bearer() : bearer
    // The error of `Headers` would repeat the token.
    if (token !== undefined && !/^[\x20-\x7e]*$/.test(token.trim())) {
      throw new TypeError("bearer must be one line of ASCII")
    }
    return token
  } catch (error) {
    throw new NotSent(error)
  }
}

/** The headers of a request of a client. Throws `NotSent` when there are none that could be sent. */
export const headersOf = async (
  client: ClientOptions,
  call: CallOptions,
  more: Readonly<Record<string, string>> = {}
): Promise<Headers> => {
  const bearer = await bearerOf(client)
  const given = {
    authorization: bearer === undefined ? undefined : `Bearer ${bearer}`,
    "holdfast-cart": call.cart ?? client.cart,
    "idempotency-key": call.idempotencyKey,
    "x-correlation-id": call.correlationId,
    "if-match": call.ifMatch,
    "if-min-version": call.ifMinVersion
  }
  const named = Object.entries({ ...given, ...more }).filter(
    // What is given and empty goes along: the server names it, where a command without its key would repeat.
    (pair): pair is [string, string] => pair[1] !== undefined
  )
  try {
    // However the headers of the client are written, one of ours takes the place of one of its name.
    const headers = new Headers(client.headers)
    for (const [name, value] of named) headers.set(name, value)
    return headers
  } catch (error) {
    throw new NotSent(error)
  }
}

/** Fails when the address of the server is none: neither whole nor one of the page's own site. */
export const checkBaseUrl = (options: ClientOptions): void => {
  const text = String(options?.baseUrl)
  const isOwn = text === "" || text.startsWith("/")
  if (!isOwn && !/^https?:\/\/[^/]/i.test(text)) {
    const example = `holdfastClient({ baseUrl: "http://127.0.0.1:3000" })`
    throw new TypeError(`baseUrl must begin with http:// or https://, not "${text}": ${example}`)
  }
}

/** A whole address. */
export const addressIn = ({ baseUrl }: ClientOptions, path: string): string =>
  `${String(baseUrl).replace(/\/+$/, "")}${path}`

/** Reads JSON; undefined for what is none, such as the page of a proxy. */
const jsonOf = (text: string): unknown => {
  try {
    return text === "" ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

const isRefusal = (status: number, problem: string): boolean => status < 500 && known.has(problem)

/** A refusal that a response has; undefined when it has another problem, or none. */
export const refusalIn = (status: number, text: string): AnyRefusal | undefined => {
  const fault = jsonOf(text) as Fault | undefined
  const problem = String(fault?.type ?? "").slice(prefix.length)
  return isRefusal(status, problem) ? { ...(fault as AnyRefusal), problem } : undefined
}

const reasonOf = (status: number): NotAnswered => {
  if (status === 429) return "too-many"
  return status === 408 || status > 500 ? "unavailable" : "unexpected"
}

/** Whether the same may be answered otherwise a little later. */
export const mayPass = (status: number): boolean => [408, 429, 502, 503, 504].includes(status)

/** What one try came back with. */
type Tried =
  | { readonly done: Result<unknown, AnyRefusal> }
  | { readonly failed: CallNotAnswered; readonly again: boolean; readonly after: string | null }

/** Whether somebody else may have answered, at an address that is not the API's. */
const isElsewhere = (status: number): boolean => [200, 404, 405].includes(status)

/** The error of an answer that is neither an answer nor a refusal of the API. */
export const notAnswered = (
  { baseUrl }: ClientOptions,
  status: number,
  text: string,
  key?: string | undefined
): CallNotAnswered => {
  const fault = jsonOf(text) as Fault | undefined
  const why = fault?.detail ?? fault?.title ?? "no problem that can be read"
  const where = isElsewhere(status)
    ? `; is baseUrl, "${String(baseUrl)}", the address of the API, with its base path if it has one?`
    : ""
  return new CallNotAnswered(reasonOf(status), `the server answered ${status}: ${why}${where}`, {
    ...{ status, fault, idempotencyKey: key }
  })
}

const read = async (
  client: ClientOptions,
  response: Response,
  key: string | undefined
): Promise<Tried> => {
  const { headers, ok, status } = response
  const text = await response.text()
  const type = headers.get("content-type") ?? ""
  if (ok && /html/.test(type)) {
    // A page, such as one that a web site has for every path: nothing of the API is one.
    return { failed: notAnswered(client, status, ""), again: false, after: null }
  }
  if (ok) {
    const isJson = /json/.test(type)
    const answer = isJson ? jsonOf(text) : text === "" ? undefined : text
    if (isJson && answer === undefined) {
      return { failed: notAnswered(client, status, text, key), again: true, after: null }
    }
    const isReplayed = headers.get("idempotent-replayed") === "true"
    return { done: { ok: true, answer, isReplayed, etag: headers.get("etag") } }
  }
  const refusal = refusalIn(status, text)
  if (refusal !== undefined) return { done: { ok: false, refusal } }
  const after = headers.get("retry-after")
  return { failed: notAnswered(client, status, text, key), again: mayPass(status), after }
}

/** What a try that threw failed with; what the caller has ended is thrown on. */
const broken = (error: unknown, call: CallOptions): Tried => {
  if (call.signal?.aborted === true) throw call.signal.reason
  if (error instanceof NotSent) throw error.error
  const isTime = error === timeIsOver
  const message = isTime ? "the server did not answer in time" : "the server cannot be reached"
  const about = { cause: isTime ? undefined : error, idempotencyKey: call.idempotencyKey }
  const failed = new CallNotAnswered(isTime ? "timed-out" : "network", message, about)
  return { failed, again: true, after: null }
}

const typeOf = ({ takesFile }: Route, input: Fields, body: unknown): Record<string, string> => {
  if (body === undefined) return {}
  const type = takesFile ? String(input["mediaType"] ?? "text/csv") : "application/json"
  return { "content-type": type }
}

/** Makes what sends the calls of a client. */
export const makeCaller = (client: ClientOptions) => {
  const patience = patienceOf(client)
  return async (
    route: Route,
    input: Fields,
    options: CallOptions
  ): Promise<Result<unknown, AnyRefusal>> => {
    const { body, path } = placed(route, input)
    const idempotencyKey = route.isKeyed ? (options.idempotencyKey ?? newKey()) : undefined
    const call = { ...options, idempotencyKey }
    const send = async (signal: AbortSignal): Promise<Tried> => {
      const response = await (client.fetch ?? fetch)(addressIn(client, path), {
        method: route.method,
        headers: await headersOf(client, call, typeOf(route, input, body)),
        signal,
        ...(body === undefined ? {} : { body: body as BodyInit })
      })
      return read(client, response, idempotencyKey)
    }
    for (let tries = 0; ; tries++) {
      const tried = await within(patience.tryMillisMax, call.signal, send).catch((error) =>
        broken(error, call)
      )
      if ("done" in tried) return tried.done
      const { after, again, failed } = tried
      const wait = pauseMillis(tries, after, patience)
      const isOver = tries >= patience.retriesMax || wait === undefined
      if (!again || !route.isRepeatable || isOver) throw failed
      await pause(wait, call.signal)
    }
  }
}
