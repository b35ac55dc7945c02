// haproxy in front of servers of Holdfast, as a balancer that reads HTTP or as one that passes
// connections on. It asks `/health/ready` twice a second, and repeats nothing that was sent.
import { freePort } from "./PostgresServer.ts"
import { type RunningProgram, runProgram } from "./runProgram.ts"

/** How much the balancer understands: requests (layer 7) or connections (layer 4). */
export type BalancerMode = "http" | "tcp"

const configurationOf = (mode: BalancerMode, port: number, servers: ReadonlyArray<number>) => `
global
  maxconn 1000
defaults
  mode ${mode}
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  option redispatch
  retries 3
${mode === "http" ? "  retry-on conn-failure" : ""}
frontend in
  bind 127.0.0.1:${port}
  default_backend servers
backend servers
  balance roundrobin
  option httpchk GET /health/ready
  default-server check inter 500ms fall 2 rise 1
${servers.map((server) => `  server s${server} 127.0.0.1:${server}`).join("\n")}
`

/** Starts it on a free port in front of servers on these ports of 127.0.0.1. */
export const startHaproxy = async (
  mode: BalancerMode,
  servers: ReadonlyArray<number>
): Promise<RunningProgram> => {
  const port = await freePort()
  return runProgram("haproxy", port, configurationOf(mode, port, servers), ["-db", "-f"])
}
