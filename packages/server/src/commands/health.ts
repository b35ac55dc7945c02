/**
 * `holdfast health`: asks a server on this machine whether it is well, with the settings that the
 * server was started with. It is the health check of a container that has neither a shell nor curl.
 * The exit code is 0 when the server is well, and 1 when it is not, or does not answer in time.
 */
import { readFileSync } from "node:fs"
import { type IncomingMessage, request as requestHttp } from "node:http"
import { request as requestHttps } from "node:https"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { answer, answering } from "../cli/answering.ts"
import { type CommandFailure, failure, usageFailure } from "../cli/CommandFailure.ts"
import { logFlags } from "../cli/logging.ts"
import { addressFlags } from "../cli/network/addressSettings.ts"
import { type TlsSettings, tlsFlags, tlsOf } from "../cli/network/tlsSettings.ts"
import { durationMillis, setting, toggle } from "../cli/settings.ts"

/** The longest part of an answer that is shown. */
const bytesMax = 4_096

const flags = {
  ...addressFlags,
  ...tlsFlags,
  live: toggle(
    "live",
    "Ask only whether the process lives, and not whether it can serve (default: false)",
    false
  ),
  timeout: setting(
    "timeout",
    {
      metavar: "<time>",
      description: "How long the server may take to answer (default: 3s)",
      read: durationMillis("100ms", "1m")
    },
    3_000
  ),
  json: toggle("json", "Print the answer as JSON, and not as words", false),
  ...logFlags
}

/** Who listens on every address is asked on the loopback. */
const reachable = (host: string): string => {
  if (host === "0.0.0.0") return "127.0.0.1"
  if (host === "::") return "[::1]"
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host
}

const advice =
  "start a server, or give the --host and --port (or HOLDFAST_HOST and HOLDFAST_PORT) that it has"

interface Said {
  readonly status: number
  /** The media type, without what follows it. */
  readonly type: string
  readonly text: string
}

/**
 * What the server shows is not checked, since nothing secret is sent there. A server that demands a
 * certificate is shown its own.
 */
const certificateOf = ({ clientAuth, files }: TlsSettings) => ({
  rejectUnauthorized: false,
  ...(clientAuth === "none" || files.own === undefined
    ? {}
    : { cert: readFileSync(files.own.cert), key: readFileSync(files.own.key) })
})

const ask = (
  url: string,
  tls: TlsSettings | undefined,
  timeoutMillis: number
): Effect.Effect<Said, CommandFailure> =>
  Effect.callback((resume) => {
    const unanswered = (why: string) =>
      resume(Effect.fail(failure("Unanswered", `${url} does not answer: ${why}; ${advice}`)))
    const heard = (response: IncomingMessage) => {
      let text = ""
      response.setEncoding("utf8").on("data", (part: string) => {
        text = `${text}${part}`.slice(0, bytesMax)
      })
      response.once("end", () =>
        resume(
          Effect.succeed({
            status: response.statusCode ?? 0,
            type: (response.headers["content-type"] ?? "").split(";", 1)[0] ?? "",
            text: text.trim()
          })
        )
      )
      response.once("error", ({ message }) => unanswered(message))
    }
    const options = { agent: false, signal: AbortSignal.timeout(timeoutMillis) }
    try {
      const asked =
        tls === undefined
          ? requestHttp(url, options, heard)
          : requestHttps(url, { ...options, ...certificateOf(tls) }, heard)
      asked.once("error", ({ message, name }) =>
        unanswered(name === "AbortError" ? `${timeoutMillis} ms have passed` : message)
      )
      asked.end()
    } catch (error) {
      unanswered(String(error))
    }
  })

/** What a server says of itself, by lines; its own text where that cannot be read. */
const linesOf = (text: string): ReadonlyArray<string> => {
  try {
    const { checks = [], status } = JSON.parse(text) as {
      readonly status: string
      readonly checks?: ReadonlyArray<Readonly<Record<"name" | "status" | "found", string>>>
    }
    return [status, ...checks.map((check) => `  ${check.status}  ${check.name}: ${check.found}`)]
  } catch {
    return [text]
  }
}

const isOurs = ({ type }: Said): boolean =>
  type === "application/json" || type === "application/problem+json"

/** Changes nothing, and needs no database. */
export const health = Command.make("health", flags, (input) =>
  answering(
    input,
    Effect.gen(function* () {
      if (input.port === 0) {
        return yield* usageFailure("--port 0 is any free port: say on which one the server listens")
      }
      const tls = yield* tlsOf(input)
      const scheme = tls === undefined ? "http" : "https"
      const path = input.live ? "/health/live" : "/health/ready"
      const url = `${scheme}://${reachable(input.host)}:${input.port}${path}`
      const answered = yield* ask(url, tls, input.timeout)
      const { status, text } = answered
      // What failed may say why in its own words, such as a proxy before the server.
      if (status < 500 && !isOurs(answered)) {
        return yield* failure(
          "NotWell",
          `${url} answers with ${status}, and not as the API of Holdfast does: is --port (or HOLDFAST_PORT) that of ` +
            "its metrics, or of another program?"
        )
      }
      if (status !== 200) {
        return yield* failure("NotWell", `${url} answers with ${status}: ${text}`)
      }
      yield* answer(input, { url, status }, linesOf(text))
    })
  )
).pipe(
  Command.withDescription("Ask a server on this machine whether it is well; exit code 1 when not"),
  Command.withExamples([
    { command: "holdfast health", description: "Whether it can serve" },
    { command: "holdfast health --live --timeout 1s", description: "Whether the process lives" }
  ])
)
