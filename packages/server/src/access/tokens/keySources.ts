/** Where the keys of an issuer are read: at an address, or in a file. */
import { readFile } from "node:fs/promises"
import * as Effect from "effect/Effect"

/** A place that keys are read from. */
export interface KeySource {
  /** As people know it. */
  readonly place: string
  /** The text of a JSON Web Key Set, or why it cannot be had. */
  readonly read: Effect.Effect<string, string>
}

/** The largest set that is read. */
const bytesMax = 1_048_576

/** How long an issuer may take. */
const waitMillisMax = 2_000

const limited = async (body: ReadableStream<Uint8Array<ArrayBuffer>> | null): Promise<string> => {
  const chunks: Array<Uint8Array> = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.byteLength
    if (size > bytesMax) throw new Error(`it is over ${bytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}

const messageOf = (error: unknown): string => {
  const { cause, message } = error as Error
  return cause instanceof Error && cause.message !== "" ? cause.message : message
}

/** The keys at an address. A redirection is not followed: the address is the one that was set. */
export const keysAt = (url: URL): KeySource => ({
  place: url.href,
  read: Effect.tryPromise({
    try: async (signal) => {
      const response = await fetch(url, {
        redirect: "error",
        headers: { accept: "application/jwk-set+json, application/json" },
        signal: AbortSignal.any([signal, AbortSignal.timeout(waitMillisMax)])
      })
      if (!response.ok) {
        await response.body?.cancel()
        throw new Error(`it answers with ${response.status}`)
      }
      return await limited(response.body)
    },
    catch: messageOf
  })
})

/** The keys in a file, which is read again as an address is. */
export const keysIn = (file: string): KeySource => ({
  place: file,
  read: Effect.tryPromise({ try: () => readFile(file, "utf8"), catch: messageOf })
})

/** Keys that are here already. */
export const keysOf = (text: string, place: string): KeySource => ({
  place,
  read: Effect.succeed(text)
})
