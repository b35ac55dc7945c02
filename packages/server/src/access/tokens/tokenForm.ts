/**
 * What a token must look like before anybody computes a signature: three parts in canonical base64url,
 * at most 8 KiB, each JSON part an object in which no name occurs twice. Two readers of one token must
 * never see two different things in it. Pure.
 */
import * as Result from "effect/Result"

/** The longest token that is looked at. */
export const tokenBytesMax = 8_192

/** A token that has the right form; nobody has vouched for it yet. */
export interface ReadToken {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}

const form = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/

/** The bytes of a part; undefined when other text stands for the same bytes. */
const bytesOf = (part: string): Buffer | undefined => {
  const bytes = Buffer.from(part, "base64url")
  return bytes.toString("base64url") === part ? bytes : undefined
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const stringsOfJson = /"(?:[^"\\]|\\.)*"(\s*:)?/gs

/** The names in a JSON text, those that occur twice counted twice. */
const countNames = (json: string): number =>
  [...json.matchAll(stringsOfJson)].filter(([, colon]) => colon !== undefined).length

/** The names in a JSON value. */
const countMembers = (value: unknown): number => {
  if (typeof value !== "object" || value === null) return 0
  const inside = Object.values(value).reduce<number>((sum, one) => sum + countMembers(one), 0)
  return Array.isArray(value) ? inside : inside + Object.keys(value).length
}

/** A JSON object in which no name occurs twice, at any depth; a sentence says what it is instead. */
const readObject = (
  what: string,
  part: string
): Result.Result<Readonly<Record<string, unknown>>, string> => {
  const bytes = bytesOf(part)
  if (bytes === undefined) return Result.fail(`the ${what} is not canonical base64url`)
  try {
    const json = decoder.decode(bytes)
    const value: unknown = JSON.parse(json)
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return Result.fail(`the ${what} is no JSON object`)
    }
    return countNames(json) === countMembers(value)
      ? Result.succeed(value as Readonly<Record<string, unknown>>)
      : Result.fail(`the ${what} has one name twice`)
  } catch {
    return Result.fail(`the ${what} is no JSON`)
  }
}

/** Reads a token, or says what is wrong with it. */
export const readToken = (token: string): Result.Result<ReadToken, string> => {
  if (token.length > tokenBytesMax) return Result.fail(`the token is over ${tokenBytesMax} bytes`)
  const [, headerPart = "", claimsPart = "", signature = ""] = form.exec(token) ?? []
  if (headerPart === "") return Result.fail("the token has not three parts")
  if (bytesOf(signature) === undefined) {
    return Result.fail("the signature is not canonical base64url")
  }
  const header = readObject("header", headerPart)
  if (Result.isFailure(header)) return Result.fail(header.failure)
  const claims = readObject("payload", claimsPart)
  if (Result.isFailure(claims)) return Result.fail(claims.failure)
  return Result.succeed({ header: header.success, claims: claims.success })
}
