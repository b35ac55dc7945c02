// PgBouncer in front of a PostgreSQL server, lending its sessions for one transaction each.
import { freePort } from "../PostgresServer.ts"
import { type RunningProgram, runProgram } from "../runProgram.ts"

/** A running pooler. */
export interface Pooler extends RunningProgram {
  /** The connection URL of a server, through the pooler. */
  readonly url: (serverUrl: string) => string
}

/** Starts a pooler on a free port; `settings` are those of `[pgbouncer]`. */
export const startPgbouncer = async (
  serverUrl: string,
  settings: Readonly<Record<string, string>> = {}
): Promise<Pooler> => {
  const port = await freePort()
  const all = {
    listen_addr: "127.0.0.1",
    listen_port: String(port),
    unix_socket_dir: "",
    auth_type: "any",
    pool_mode: "transaction",
    // Fewer than a Holdfast server opens, so that sessions do change hands.
    default_pool_size: "4",
    ...settings
  }
  const { hostname, port: serverPort } = new URL(serverUrl)
  const configuration = [
    "[databases]",
    `* = host=${hostname} port=${serverPort} user=postgres`,
    "[pgbouncer]",
    ...Object.entries(all).map(([name, value]) => `${name} = ${value}`),
    ""
  ].join("\n")
  const running = await runProgram("pgbouncer", port, configuration)
  return {
    ...running,
    url: (url) => {
      const pooled = new URL(url)
      pooled.port = String(port)
      return pooled.href
    }
  }
}
