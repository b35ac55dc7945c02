/** Tokens that must not be taken, each under the name of what it tries. */
import { generateKeyPairSync, sign as signBytes } from "node:crypto"
import {
  claimsWith,
  hmacToken,
  type IssuerKey,
  issuerName,
  jwkOf,
  makeKey,
  part,
  signature,
  tokenOf
} from "./issuer.ts"

/** What an attacker knows and has. */
export interface Attacked {
  readonly rsa: IssuerKey
  readonly ec: IssuerKey
  readonly ed: IssuerKey
  /** An RSA key of 1,024 bits, which is in the issuer's set. */
  readonly weak: IssuerKey
  /** Where a server waits that nobody must ask. */
  readonly trap: string
}

type Attack = (attacked: Attacked) => string

const now = () => Math.floor(Date.now() / 1_000)

const pemOf = ({ publicKey }: IssuerKey) => publicKey.export({ format: "pem", type: "spki" })

const unsigned = (alg: string) =>
  `${part(JSON.stringify({ alg, typ: "at+jwt" }))}.${part(JSON.stringify(claimsWith()))}`

/** A token signed by a key of the attacker's own, under the key id of the issuer's. */
const own = ({ ec }: Attacked, header: (key: IssuerKey) => object) => {
  const key = makeKey("ES256")
  return tokenOf({ ...key, kid: ec.kid }, claimsWith(), header(key))
}

const resigned = (key: IssuerKey, change: (signature: Buffer, text: string) => Buffer) => {
  const [header, claims] = tokenOf(key).split(".")
  const text = `${header}.${claims}`
  return `${text}.${part(change(signature(key, text), text))}`
}

/** The last letter of a signature stands for bits that no byte has: others of it mean the same bytes. */
const otherLetters = (token: string) => {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
  return `${token.slice(0, -1)}${letters[letters.indexOf(token.at(-1) ?? "") ^ 1]}`
}

const algorithms: Readonly<Record<string, Attack>> = {
  "alg none without a signature": () => `${unsigned("none")}.`,
  "alg none with a signature": ({ ec }) => `${unsigned("none")}.${tokenOf(ec).split(".")[2]}`,
  "alg None": () => `${unsigned("None")}.AA`,
  "alg nOnE": () => `${unsigned("nOnE")}.AA`,
  "an empty signature": ({ ec }) => tokenOf(ec).replace(/[^.]*$/, ""),
  "HS256 with the public key in PEM as the secret": ({ rsa }) =>
    hmacToken(pemOf(rsa), { alg: "HS256", kid: rsa.kid, typ: "at+jwt" }),
  "HS256 with the public key in JSON as the secret": ({ rsa }) =>
    hmacToken(JSON.stringify(jwkOf(rsa)), { alg: "HS256", kid: rsa.kid, typ: "at+jwt" }),
  "RS512, which is not on the list": ({ rsa }) => {
    const text = `${part(JSON.stringify({ alg: "RS512", kid: rsa.kid }))}.${part(JSON.stringify(claimsWith()))}`
    return `${text}.${part(signBytes("sha512", Buffer.from(text), rsa.privateKey))}`
  },
  "the key id of a key of another algorithm": ({ ec, rsa }) => tokenOf({ ...ec, kid: rsa.kid })
}

const keys: Readonly<Record<string, Attack>> = {
  "a key in the header (jwk)": (attacked) => own(attacked, (key) => ({ jwk: jwkOf(key) })),
  "the address of a key in the header (jku)": (attacked) =>
    own(attacked, () => ({ jku: `${attacked.trap}/jwks.json` })),
  "the address of a certificate in the header (x5u)": (attacked) =>
    own(attacked, () => ({ x5u: `${attacked.trap}/certificate.pem` })),
  "a certificate in the header (x5c)": (attacked) => own(attacked, () => ({ x5c: ["MIIB"] })),
  "a key id that is a path": () =>
    hmacToken("", { alg: "HS256", kid: "../../../../../../dev/null", typ: "at+jwt" }),
  "a key id that is SQL": ({ ec }) =>
    tokenOf({ ...ec, kid: "x' union select 'AA' from api_keys --" }),
  "a key id that is an object": ({ ec }) => tokenOf(ec, claimsWith(), { kid: { $ne: null } }),
  "a key id that nobody knows": ({ ec }) => tokenOf({ ...ec, kid: "unknown" }),
  "a key of one's own under a known key id": (attacked) => own(attacked, () => ({})),
  "an RSA key of 1,024 bits": ({ weak }) => tokenOf(weak)
}

const forms: Readonly<Record<string, Attack>> = {
  "crit with an extension that nobody knows": ({ ec }) =>
    tokenOf(ec, claimsWith(), { crit: ["exp-later"], "exp-later": true }),
  "crit with an unencoded payload (b64)": ({ ec }) =>
    tokenOf(ec, claimsWith(), { crit: ["b64"], b64: false }),
  "a claim twice": ({ ec }) =>
    tokenOf(
      ec,
      JSON.stringify(claimsWith({ roles: ["USER"] })).replace("}", ',"roles":["ADMIN"]}')
    ),
  "a claim twice, once escaped": ({ ec }) =>
    tokenOf(ec, JSON.stringify(claimsWith()).replace("}", ',"\\u0073ub":"eve"}')),
  "a member of the header twice": ({ ec }) =>
    tokenOf(ec, claimsWith(), `{"alg":"none","kid":"${ec.kid}","alg":"ES256"}`),
  "claims that are no object": ({ ec }) => tokenOf(ec, "[]"),
  "five parts, as an encrypted token has": ({ ec }) => `${tokenOf(ec)}.AA.AA`,
  "ES256 with a signature of zeros": ({ ec }) => resigned(ec, () => Buffer.alloc(64)),
  "ES256 with a signature in DER": ({ ec }) =>
    resigned(ec, (_, text) => signBytes("sha256", Buffer.from(text), ec.privateKey)),
  "ES256 with a signature that is cut": ({ ec }) => resigned(ec, (bytes) => bytes.subarray(0, 63)),
  "other letters for the same signature": ({ ec }) => otherLetters(tokenOf(ec)),
  "padding behind the signature": ({ ec }) => `${tokenOf(ec)}==`,
  "the claims of another token": ({ ec }) => {
    const [header, , end] = tokenOf(ec, claimsWith({ roles: ["USER"] })).split(".")
    return `${header}.${tokenOf(ec).split(".")[1]}.${end}`
  },
  "a token over 8 KiB": ({ ec }) => tokenOf(ec, claimsWith({ more: "x".repeat(6_200) }))
}

const claims: Readonly<Record<string, Attack>> = {
  "no exp": ({ ec }) => tokenOf(ec, claimsWith({ exp: undefined })),
  "an exp that has passed": ({ ec }) => tokenOf(ec, claimsWith({ exp: now() - 61 })),
  "an exp that is a text": ({ ec }) => tokenOf(ec, claimsWith({ exp: String(now() + 600) })),
  "an exp without end": ({ ec }) =>
    tokenOf(ec, JSON.stringify(claimsWith({ exp: 1 })).replace('"exp":1', '"exp":1e999')),
  "an nbf that has not come": ({ ec }) => tokenOf(ec, claimsWith({ nbf: now() + 300 })),
  "another issuer": ({ ec }) => tokenOf(ec, claimsWith({ iss: `${issuerName}/` })),
  "no issuer": ({ ec }) => tokenOf(ec, claimsWith({ iss: undefined })),
  "another audience": ({ ec }) => tokenOf(ec, claimsWith({ aud: "another-shop" })),
  "no audience": ({ ec }) => tokenOf(ec, claimsWith({ aud: undefined })),
  "another type (logout+jwt)": ({ ec }) => tokenOf(ec, claimsWith(), { typ: "logout+jwt" }),
  "an ID token": ({ ec }) => tokenOf(ec, claimsWith({ at_hash: "AA" }), { typ: "JWT" }),
  "a token that is bound to a key of its client": ({ ec }) =>
    tokenOf(ec, claimsWith({ cnf: { jkt: "AA" } }))
}

const principals: Readonly<Record<string, Attack>> = {
  "no roles": ({ ec }) => tokenOf(ec, claimsWith({ roles: undefined })),
  "roles that are a text": ({ ec }) => tokenOf(ec, claimsWith({ roles: "ADMIN" })),
  "roles that are an object": ({ ec }) => tokenOf(ec, claimsWith({ roles: { ADMIN: true } })),
  "a role among things that are no texts": ({ ec }) =>
    tokenOf(ec, claimsWith({ roles: ["ADMIN", { $gt: "" }] })),
  "a role in look-alike letters": ({ ec }) =>
    tokenOf(ec, claimsWith({ roles: ["\u0410DMIN", "ADM\u0406N"] })),
  "a role that is ADMIN once it is in capitals": ({ ec }) =>
    tokenOf(ec, claimsWith({ roles: ["adm\u0131n"] })),
  "a role with something invisible in it": ({ ec }) =>
    tokenOf(ec, claimsWith({ roles: ["ADMIN\u200b", " ADMIN"] })),
  "an id that is a number": ({ ec }) => tokenOf(ec, claimsWith({ sub: 7 })),
  "the id of a service's key": ({ ec }) =>
    tokenOf(ec, claimsWith({ sub: "key:8a0b2f1c-0000-4000-8000-000000000001" })),
  "an id that cannot be seen": ({ ec }) => tokenOf(ec, claimsWith({ sub: "ada\u202e" })),
  "roles of the prototype": ({ ec }) =>
    tokenOf(
      ec,
      JSON.stringify(claimsWith({ roles: undefined })).replace(
        "}",
        ',"__proto__":{"roles":["ADMIN"]}}'
      )
    )
}

/** Every attack by its name. */
export const attacks: ReadonlyMap<string, Attack> = new Map(
  [algorithms, keys, forms, claims, principals].flatMap((group) => Object.entries(group))
)

/** The keys of an issuer under attack. */
export const attackedKeys = (): Omit<Attacked, "trap"> => {
  const weak = generateKeyPairSync("rsa", { modulusLength: 1_024 })
  return {
    rsa: makeKey("RS256"),
    ec: makeKey("ES256"),
    ed: makeKey("EdDSA"),
    weak: { kid: "weak", alg: "RS256", ...weak }
  }
}
