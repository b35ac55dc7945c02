/**
 * The parts of a PostgreSQL URL,
 * `postgres://user:password@host:port,host:port/database?name=value`, as libpq writes it, with one
 * host or several. An unknown parameter is refused by its name, never ignored. No message repeats
 * the user or the password.
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

/** One address that may be tried. A host that starts with `/` is the folder of a Unix socket. */
export interface Target {
  readonly host: string
  readonly port: number
}

/** What a server must be like to be taken: any that answers, one that can write, or a primary. */
export type SessionNeed = "any" | "read-write" | "primary"

/** A parsed URL. */
export interface PostgresUrl {
  /** In the order in which they are tried. Without a host there is one target, `localhost`. */
  readonly targets: ReadonlyArray<Target>
  readonly need: SessionNeed
  readonly database: string
  readonly namesUser: boolean
  readonly applicationName: string | undefined
  /** The same URL for the driver, which knows one host. Hosts and ports are in the targets. */
  readonly driverUrl: Redacted.Redacted
}

/** The port of a server that names none. */
export const portDefault = 5_432

/** The parameters that the driver reads. Hosts, ports and the requested kind of server are ours. */
const driverParameters: ReadonlyArray<string> = [
  "user",
  "password",
  "dbname",
  "application_name",
  "options",
  "connect_timeout",
  "sslmode"
]
const ownParameters: ReadonlyArray<string> = ["host", "port", "target_session_attrs"]
const sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]
const needs: ReadonlyArray<string> = ["any", "read-write", "primary"]

class Unreadable extends Error {}

const refuse = (message: string): never => {
  throw new Unreadable(message)
}

const decoded = (text: string, what: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return refuse(`the ${what} of the PostgreSQL URL is not percent-encoded UTF-8`)
  }
}

const portOf = (text: string): number => {
  if (text === "") return portDefault
  const port = Number(text)
  return /^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535
    ? port
    : refuse("a port of the PostgreSQL URL must be a number from 1 to 65535")
}

/** `host`, `host:port` or `[::1]:port`. */
const targetOf = (text: string): Target => {
  const [, bracketed, plain = "", port = ""] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*))(?::(.*))?$/.exec(text) ??
    refuse("the hosts of the PostgreSQL URL cannot be read")
  return { host: (bracketed ?? decoded(plain, "host")) || "localhost", port: portOf(port) }
}

/**
 * The hosts of the parameters `host` and `port`, which win over the address. One port may serve all
 * hosts.
 */
const targetsOf = (authority: string, parameters: URLSearchParams): ReadonlyArray<Target> => {
  const named = authority.split(",").map(targetOf)
  const hosts = parameters.get("host")?.split(",") ?? named.map(({ host }) => host)
  const ports =
    parameters.get("port")?.split(",").map(portOf) ??
    (parameters.has("host") ? [portDefault] : named.map(({ port }) => port))
  if (ports.length !== 1 && ports.length !== hosts.length) {
    return refuse(
      `the PostgreSQL URL names ${hosts.length} hosts and ${ports.length} ports; ` +
        "name one port, or one for each host"
    )
  }
  return hosts.map((host, index) => ({
    host: host === "" ? "localhost" : host,
    port: ports[index] ?? ports[0] ?? portDefault
  }))
}

const checkParameters = (parameters: URLSearchParams): void => {
  for (const name of new Set(parameters.keys())) {
    if (!driverParameters.includes(name) && !ownParameters.includes(name)) {
      const known = [...ownParameters, ...driverParameters].join(", ")
      refuse(
        `the PostgreSQL URL has the unknown parameter ${JSON.stringify(name)}; known: ${known}`
      )
    }
    if (parameters.getAll(name).length > 1) {
      refuse(`the PostgreSQL URL has the parameter ${name} twice`)
    }
  }
}

/** Refuses once, before any connection, what the driver would refuse for each connection. */
const checkValues = (parameters: URLSearchParams): void => {
  const sslMode = parameters.get("sslmode")
  if (sslMode !== null && !sslModes.includes(sslMode)) {
    refuse(`sslmode of the PostgreSQL URL must be one of ${sslModes.join(", ")}`)
  }
  const connectTimeout = parameters.get("connect_timeout")
  if (connectTimeout !== null && !/^\d{1,6}$/.test(connectTimeout)) {
    refuse("connect_timeout of the PostgreSQL URL must be a whole number of seconds")
  }
}

/** An engine writes, so with several hosts it takes the first writable one. */
const needOf = (parameters: URLSearchParams, hosts: number): SessionNeed => {
  const need = parameters.get("target_session_attrs") ?? (hosts > 1 ? "read-write" : "any")
  return needs.includes(need)
    ? (need as SessionNeed)
    : refuse(
        `target_session_attrs=${need} of the PostgreSQL URL is not supported: the database must ` +
          `be writable (${needs.join(", ")})`
      )
}

const read = (url: string): PostgresUrl => {
  // The text after this may be the end of a password, so no message may repeat it.
  if (/^[^/?#]*:\/\/[^/?#]*[/?#].*@/.test(url)) {
    return refuse(
      "the PostgreSQL URL cannot be read: / ? # in a user name or a password, and @ anywhere " +
        "else, must be percent-encoded"
    )
  }
  const [, protocol, user = "", authority = "", path = "", query = ""] =
    /^([a-z][a-z0-9+.-]*):\/\/(?:([^/?#]*)@)?([^/?#@]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/i.exec(url) ??
    refuse(
      url === ""
        ? "the PostgreSQL URL is empty: is a variable not set?"
        : "the PostgreSQL URL cannot be read: it must look like postgres://user:password@host:5432/name"
    )
  if (!/^postgres(ql)?$/i.test(protocol ?? "")) {
    return refuse(`a PostgreSQL URL starts with postgres://, not with ${protocol}://`)
  }
  const parameters = new URLSearchParams(query)
  checkParameters(parameters)
  checkValues(parameters)
  const targets = targetsOf(authority, parameters)
  const need = needOf(parameters, targets.length)
  const database = parameters.get("dbname") ?? decoded(path, "database")
  for (const name of ownParameters) parameters.delete(name)
  const rest = parameters.size === 0 ? "" : `?${parameters}`
  const driverUrl = `postgres://${user === "" ? "" : `${user}@`}localhost/${path}${rest}`
  if (!URL.canParse(driverUrl)) return refuse("the PostgreSQL URL cannot be read")
  return {
    targets,
    need,
    database,
    namesUser: user !== "" || parameters.has("user"),
    applicationName: parameters.get("application_name") ?? undefined,
    driverUrl: Redacted.make(driverUrl)
  }
}

/** Reads a URL, or says in one sentence what is wrong with it. */
export const readPostgresUrl = (url: string): Result.Result<PostgresUrl, string> => {
  try {
    return Result.succeed(read(url))
  } catch (error) {
    if (error instanceof Unreadable) return Result.fail(error.message)
    throw error
  }
}

/** What is wrong with a URL, in one sentence that repeats no secret; undefined when nothing is. */
export const postgresUrlMistake = (url: string): string | undefined => {
  const read = readPostgresUrl(url)
  return Result.isFailure(read) ? read.failure : undefined
}

/** Where connections go, for people: `db-1:5432, db-2:5432`. */
export const describeTargets = (targets: ReadonlyArray<Target>): string =>
  targets
    .map(({ host, port }) => (host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`))
    .join(", ")

/** A URL as people may read it: hosts and database, never the user or the password. */
export const describePostgresUrl = (url: string): string => {
  const read = readPostgresUrl(url)
  if (Result.isFailure(read)) return "PostgreSQL"
  const { database, targets } = read.success
  return `PostgreSQL at ${describeTargets(targets).replaceAll(", ", ",")}/${database}`
}
