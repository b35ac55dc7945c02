/** A client of a gateway: requests over TLS as it, and not this machine's resolver, knows the names. */
import { connect } from "node:http2"
import { request } from "node:https"

/** The name that reaches all of the inventory. */
export const stockHost = "stock.example.com"

/** What is asked. */
export interface Asked {
  readonly method?: string
  readonly path: string
  readonly host?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Sends the body in pieces, without saying how long it is. */
  readonly isChunked?: boolean
}

/** What is answered. */
export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly text: string
}

/** Asks a gateway on a port of this machine, on a connection of its own. */
export const ask = (
  port: number,
  ca: string,
  { body, headers = {}, host = "api.example.com", isChunked = false, method = "GET", path }: Asked
): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const length =
      body === undefined || isChunked ? {} : { "content-length": Buffer.byteLength(body) }
    const sent = request(
      {
        ...{ host: "127.0.0.1", port, ca, servername: "localhost", agent: false, method, path },
        headers: { host, "user-agent": "test", ...length, ...headers }
      },
      (response) => {
        let text = ""
        response.setEncoding("utf8").on("data", (part) => {
          text += part
        })
        response.on("error", reject)
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
        })
      }
    )
    sent.on("error", reject)
    if (body !== undefined && isChunked) sent.write(body)
    sent.end(isChunked ? undefined : body)
  })

/** Calls a method of gRPC with an empty message; how the call ended, or the status of HTTP. */
export const callGrpc = (
  port: number,
  ca: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  host = "api.example.com"
): Promise<{ readonly status: number; readonly grpcStatus: string | undefined }> =>
  new Promise((resolve, reject) => {
    const session = connect(`https://127.0.0.1:${port}`, { ca, servername: "localhost" })
    session.once("error", reject)
    const stream = session.request({
      ...{ ":method": "POST", ":path": path, ":authority": host },
      ...{ "content-type": "application/grpc", te: "trailers", ...headers }
    })
    const found: { status: number; grpcStatus: string | undefined } = {
      ...{ status: 0, grpcStatus: undefined }
    }
    stream.on("response", (given) => {
      found.status = given[":status"] ?? 0
      if (given["grpc-status"] !== undefined) found.grpcStatus = String(given["grpc-status"])
    })
    stream.on("trailers", (given) => {
      found.grpcStatus = String(given["grpc-status"])
    })
    stream.on("error", reject)
    stream.on("close", () => {
      session.close()
      resolve(found)
    })
    stream.resume()
    stream.end(Buffer.from([0, 0, 0, 0, 0]))
  })
