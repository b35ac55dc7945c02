/** The ways in which answers are compressed. */

/** A way to compress. */
export type Compress = (bytes: Uint8Array) => Promise<Uint8Array>

/** The ways to compress, by the names of `Accept-Encoding`. The first that a client takes is taken. */
export type Compressors = ReadonlyMap<string, Compress>

/** What every platform has. */
const gzip: Compress = async (bytes) => {
  const whole = new Response(bytes as Uint8Array<ArrayBuffer>).body
  if (whole === null) return bytes
  const stream = whole.pipeThrough(new CompressionStream("gzip"))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** The ways to compress unless a host has others. */
export const compressorsDefault: Compressors = new Map([["gzip", gzip]])

/** The least size of a body that is compressed, in bytes: less would hardly be shorter. */
export const compressedBytesMin = 1_024

/** Whether a client takes an encoding: it is named, or `*` is, and not with a weight of 0. */
const isTaken = (accepted: string, encoding: string): boolean => {
  const weights = new Map<string, number>()
  for (const part of accepted.toLowerCase().split(",")) {
    const [name = "", ...parameters] = part.split(";").map((text) => text.trim())
    const weight = parameters.find((text) => text.startsWith("q="))?.slice(2)
    weights.set(name, weight === undefined ? 1 : Number(weight))
  }
  return (weights.get(encoding) ?? weights.get("*") ?? 0) > 0
}

/** The encoding that a client gets, by what it says that it takes; undefined when it takes none of ours. */
export const encodingFor = (
  compressors: Compressors,
  accepted: string
): readonly [encoding: string, compress: Compress] | undefined => {
  for (const way of compressors) if (isTaken(accepted, way[0])) return way
  return undefined
}
