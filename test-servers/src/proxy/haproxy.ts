// haproxy in front of Holdfast servers, as a balancer that reads HTTP or one that only passes
// connections on. It asks `/health/ready` five times a second, repeats no request, and tells which ones
// it could not have answered.
import { freePort } from "../PostgresServer.ts"
import { type RunningProgram, runProgram } from "../runProgram.ts"

/** A request that was not answered as it should have been, as the balancer saw it. */
export interface FailedAnswer {
  /** The port of the server that it had handed the request to; undefined where there was none. */
  readonly server: number | undefined
  /** Of the answer that the client got. */
  readonly status: number
  /** Whether the server had been sent the request, and ended before it had answered. */
  readonly isBrokenOff: boolean
}

/** A running balancer. */
export interface Balancer extends RunningProgram {
  /**
   * The answers of status 500 and above so far, of one that reads requests. Where a server ends before it has
   * answered over a connection that had served others, haproxy closes that of the client without an answer.
   */
  readonly failedAnswers: () => ReadonlyArray<FailedAnswer>
  /** How many servers it now sends requests to. */
  readonly serversUp: () => Promise<number>
}

/** How much the balancer understands: requests (layer 7) or connections (layer 4). */
export type BalancerMode = "http" | "tcp"

/** How the line about an answer begins. */
const answerMark = "answered"

/** "S": the server ended it, "H" and "D": when it was to send the head or the rest of its answer. */
const brokenOff = /^S[HD]/

/** The failed answers in what a balancer has written. */
export const failedAnswersIn = (log: string): ReadonlyArray<FailedAnswer> =>
  log.split("\n").flatMap((line) => {
    const [mark, name = "", code, ending = ""] = line.split(" ")
    const status = Number(code)
    if (mark !== answerMark || !(status >= 500)) return []
    const server = name.startsWith("s") ? Number(name.slice(1)) : undefined
    return [{ server, status, isBrokenOff: brokenOff.test(ending) }]
  })

const configurationOf = (
  mode: BalancerMode,
  [port, statsPort]: readonly [number, number],
  servers: ReadonlyArray<number>
) => `
global
  maxconn 1000
  log stdout format raw local0
defaults
  mode ${mode}
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout check 3s
  option redispatch
  retries 3
${mode === "http" ? "  retry-on conn-failure" : ""}
frontend stats
  mode http
  bind 127.0.0.1:${statsPort}
  stats enable
  stats uri /stats
frontend in
  bind 127.0.0.1:${port}
${mode === "http" ? `  log global\n  option dontlog-normal\n  log-format "${answerMark} %s %ST %ts"` : ""}
  default_backend servers
backend servers
  balance roundrobin
  option httpchk GET /health/ready
  default-server check inter 200ms fall 2 rise 1
${servers.map((server) => `  server s${server} 127.0.0.1:${server}`).join("\n")}
`

/** The states of the servers of a backend, from the table of statistics with its header. */
export const statesIn = (csv: string, backend = "servers"): ReadonlyArray<string> => {
  const [header = "", ...lines] = csv.split("\n")
  const names = header.replace(/^# /, "").split(",")
  const fieldsOf = (line: string) => line.split(",")
  const at = (line: string, name: string) => fieldsOf(line)[names.indexOf(name)] ?? ""
  return lines
    .filter((line) => at(line, "pxname") === backend && at(line, "svname") !== "BACKEND")
    .map((line) => at(line, "status"))
}

/** Starts a balancer on a free port, in front of servers on these ports of 127.0.0.1. */
export const startHaproxy = async (
  mode: BalancerMode,
  servers: ReadonlyArray<number>
): Promise<Balancer> => {
  const [port, statsPort] = [await freePort(), await freePort()]
  const configuration = configurationOf(mode, [port, statsPort], servers)
  const running = await runProgram("haproxy", port, configuration, ["-db", "-f"])
  return {
    ...running,
    failedAnswers: () => failedAnswersIn(running.log()),
    serversUp: async () => {
      const response = await fetch(`http://127.0.0.1:${statsPort}/stats;csv`)
      const states = statesIn(await response.text())
      return states.filter((state) => state.startsWith("UP")).length
    }
  }
}
