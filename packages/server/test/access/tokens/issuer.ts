/** An issuer of tokens for tests: its keys, their set on a loopback address, and any token there is. */
import {
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign as signBytes
} from "node:crypto"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

/** A key of the issuer. */
export interface IssuerKey {
  readonly kid: string
  readonly alg: "RS256" | "ES256" | "EdDSA"
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

/** The issuer and the audience of good tokens. */
export const issuerName = "https://issuer.test/shop"
export const audienceName = "holdfast-test"

/** Makes a key. */
export const makeKey = (alg: IssuerKey["alg"], bits = 2_048): IssuerKey => {
  const pair =
    alg === "RS256"
      ? generateKeyPairSync("rsa", { modulusLength: bits })
      : alg === "ES256"
        ? generateKeyPairSync("ec", { namedCurve: "P-256" })
        : generateKeyPairSync("ed25519")
  return { kid: `${alg}-${randomUUID()}`, alg, ...pair }
}

/** The public part of a key as a JSON Web Key. */
export const jwkOf = ({ alg, kid, publicKey }: IssuerKey) => ({
  ...publicKey.export({ format: "jwk" }),
  kid,
  alg,
  use: "sig"
})

/** A set of keys as JSON. */
export const keySetOf = (keys: ReadonlyArray<IssuerKey>): string =>
  JSON.stringify({ keys: keys.map(jwkOf) })

/** Bytes or text as a part of a token. */
export const part = (content: string | Uint8Array): string =>
  Buffer.from(content).toString("base64url")

/** The signature of a text by a key. */
export const signature = ({ alg, privateKey }: IssuerKey, text: string): Buffer => {
  if (alg === "EdDSA") return signBytes(null, Buffer.from(text), privateKey)
  const key = alg === "ES256" ? { key: privateKey, dsaEncoding: "ieee-p1363" as const } : privateKey
  return signBytes("sha256", Buffer.from(text), key)
}

/** The claims of a good token, with others beside or instead of them. */
export const claimsWith = (claims: object = {}) => {
  const now = Math.floor(Date.now() / 1_000)
  return {
    ...{ iss: issuerName, aud: audienceName, sub: "ada", roles: ["ADMIN"] },
    ...{ iat: now, exp: now + 600 },
    ...claims
  }
}

/** A token of a header and claims; a text stands for JSON as it is. */
export const tokenOf = (
  key: IssuerKey,
  claims: object | string = claimsWith(),
  header: object | string = {}
): string => {
  const headerText =
    typeof header === "string"
      ? header
      : JSON.stringify({ alg: key.alg, kid: key.kid, typ: "at+jwt", ...header })
  const text = `${part(headerText)}.${part(typeof claims === "string" ? claims : JSON.stringify(claims))}`
  return `${text}.${part(signature(key, text))}`
}

/** A token that is authenticated by a shared secret. */
export const hmacToken = (secret: string | Buffer, header: object): string => {
  const text = `${part(JSON.stringify(header))}.${part(JSON.stringify(claimsWith()))}`
  return `${text}.${part(createHmac("sha256", secret).update(text).digest())}`
}

/** A server on a loopback address, for the answers of an issuer or to see that nobody asks. */
export interface Listening extends AsyncDisposable {
  readonly url: string
  /** The paths that were asked for. */
  readonly asked: Array<string>
  /** What it answers with: a set of keys; undefined hangs up. */
  answer: string | undefined
}

/** Listens, and answers every request alike. */
export const listen = async (answer: string | undefined): Promise<Listening> => {
  const asked: Array<string> = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? "")
    if (listening.answer === undefined) response.destroy()
    else response.setHeader("content-type", "application/json").end(listening.answer)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const listening: Listening = {
    url: `http://127.0.0.1:${port}`,
    asked,
    answer,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }
  return listening
}
