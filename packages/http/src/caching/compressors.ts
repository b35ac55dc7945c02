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
