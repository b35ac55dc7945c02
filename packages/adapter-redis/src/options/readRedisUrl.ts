/** Reads the URL of Redis. What is wrong with one is stated without its user and password. Pure. */
import type { RedisPlace } from "./RedisOptions.ts"

/** A URL, read; or what it must be. */
export type ReadUrl =
  | {
      readonly kind: "standalone" | "sentinel" | "cluster"
      readonly places: ReadonlyArray<RedisPlace>
      readonly isTls: boolean
      readonly username: string | undefined
      readonly password: string | undefined
      readonly name: string | undefined
      readonly db: number
    }
  | { readonly mustBe: string }

const form = /^(rediss?)(\+cluster|\+sentinel)?:\/\/(?:([^@/]*)@)?([^@/?#]+)(?:\/([^?#]*))?$/
const placeForm = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/

const placeOf = (text: string, portWhenMissing: number): RedisPlace | undefined => {
  const [matched, v6, name, port = String(portWhenMissing)] = placeForm.exec(text.trim()) ?? []
  const host = v6 ?? name
  const number = Number(port)
  return matched === undefined || host === undefined || number < 1 || number > 65_535
    ? undefined
    : { host, port: number }
}

const decoded = (text: string | undefined): string | undefined => {
  try {
    return text === undefined || text === "" ? undefined : decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const loginOf = (text: string | undefined) => {
  if (text === undefined) return { username: undefined, password: undefined }
  const colon = text.indexOf(":")
  const [user, password] =
    colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)]
  const login = { username: decoded(user), password: decoded(password) }
  const isWhole =
    (user === "" || login.username !== undefined) &&
    (password === undefined || password === "" || login.password !== undefined)
  return isWhole ? login : undefined
}

const kinds = { "": "standalone", "+cluster": "cluster", "+sentinel": "sentinel" } as const

/** Reads it. */
export const readRedisUrl = (text: string): ReadUrl => {
  const [matched, scheme, more = "", login, hosts = "", path = ""] = form.exec(text.trim()) ?? []
  if (matched === undefined) {
    return {
      mustBe:
        "must be redis://host:port/0 or rediss://…, with redis+sentinel:// or redis+cluster:// for " +
        "several hosts, and any of @ : / ? # in a user or a password percent-encoded"
    }
  }
  const kind = kinds[more as keyof typeof kinds]
  const who = loginOf(login)
  if (who === undefined) {
    return { mustBe: "must have a user and a password that are percent-encoded" }
  }
  const places = hosts.split(",").map((host) => placeOf(host, kind === "sentinel" ? 26_379 : 6_379))
  if (places.some((place) => place === undefined)) {
    return { mustBe: "must name its hosts as host:port with a port from 1 to 65535" }
  }
  if (kind === "standalone" && places.length > 1) {
    return { mustBe: "must name one host, or begin with redis+cluster:// or redis+sentinel://" }
  }
  const [name, database = ""] = kind === "sentinel" ? path.split("/") : [undefined, path]
  if (kind === "sentinel" && (name === undefined || name === "")) {
    return { mustBe: "must end with what the sentinels call the server, such as /mymaster" }
  }
  if (!/^\d{0,5}$/.test(database) || (kind === "cluster" && Number(database) !== 0)) {
    return {
      mustBe:
        kind === "cluster"
          ? "must not name a database: a cluster has only the first"
          : "must end with the number of the database, such as /0, or with nothing"
    }
  }
  return {
    kind,
    places: places.filter((place) => place !== undefined),
    isTls: scheme === "rediss",
    ...who,
    name: name === undefined ? undefined : decodeURIComponent(name),
    db: Number(database)
  }
}
