// haproxy in front of Holdfast servers, as a balancer that reads HTTP or one that only passes
// connections on. It asks `/health/ready` five times a second, and repeats no request.
import { freePort } from "../PostgresServer.ts"
import { type RunningProgram, runProgram } from "../runProgram.ts"

/** A running balancer. */
export interface Balancer extends RunningProgram {
  /** How many servers it now sends requests to. */
  readonly serversUp: () => Promise<number>
}

/** How much the balancer understands: requests (layer 7) or connections (layer 4). */
export type BalancerMode = "http" | "tcp"

const configurationOf = (
  mode: BalancerMode,
  [port, statsPort]: readonly [number, number],
  servers: ReadonlyArray<number>
) => `
global
  maxconn 1000
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
    serversUp: async () => {
      const response = await fetch(`http://127.0.0.1:${statsPort}/stats;csv`)
      const states = statesIn(await response.text())
      return states.filter((state) => state.startsWith("UP")).length
    }
  }
}
