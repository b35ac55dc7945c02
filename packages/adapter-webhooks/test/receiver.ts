/** A receiver of webhooks on a free port of this machine, and what it got. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

/** A request that came in, whole. */
export interface Received {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly path: string
}

/** How a receiver answers. */
export type Respond = (response: ServerResponse, received: Received) => void

/** A receiver that runs. */
export interface RunningReceiver extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly received: ReadonlyArray<Received>
  /** How many connections it was given. */
  readonly connections: () => number
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let body = ""
  for await (const chunk of request.setEncoding("utf8")) body += chunk
  return body
}

/** Starts a receiver. */
export const startReceiver = async (
  respond: Respond = (response) => response.writeHead(204).end()
): Promise<RunningReceiver> => {
  const received: Array<Received> = []
  let connections = 0
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    const headers = request.headers as Record<string, string>
    const one = { headers, body, path: request.url ?? "" }
    received.push(one)
    respond(response, one)
  })
  server.on("connection", () => connections++)
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    port,
    received,
    connections: () => connections,
    [Symbol.asyncDispose]: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      })
  }
}
