/**
 * Digests, at once where the process can make them so: by the cryptography of Node, which is asked for without
 * being imported, else by Web Crypto. Both give the same bytes. Web Crypto hands each digest to another thread
 * and back, which costs ten times what the digest of a record or a page costs itself.
 */
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** What is asked of `node:crypto`. */
interface NodeCrypto {
  readonly hash?: {
    (algorithm: string, data: Uint8Array, encoding: "hex"): string
    (algorithm: string, data: Uint8Array, encoding: "buffer"): Uint8Array
  }
}

/** A process of Node, of Bun or of Deno; undefined in a browser. */
interface Runtime {
  readonly process?: {
    readonly getBuiltinModule?: (name: string) => NodeCrypto | undefined
  }
}

/** Digests of the platform, made at once; undefined where there are none. */
export const digestsAtOnce = (runtime: Runtime): Digest.Digest["Service"] | undefined => {
  const { hash } = runtime.process?.getBuiltinModule?.("node:crypto") ?? {}
  if (hash === undefined) return undefined
  const nameOf = ({ name }: Digest.Algorithm) => name.toLowerCase().replace("-", "")
  return {
    digest: (algorithm, data) =>
      Effect.sync(() => new Uint8Array(hash(nameOf(algorithm), data, "buffer"))),
    digestHex: (algorithm, data) => Effect.sync(() => hash(nameOf(algorithm), data, "hex"))
  }
}

const atOnce = digestsAtOnce(globalThis as Runtime)

/** Digests of this process. */
export const layerDigest: Layer.Layer<Digest.Digest> =
  atOnce === undefined ? Digest.layerWebCrypto : Layer.succeed(Digest.Digest, atOnce)
