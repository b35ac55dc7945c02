/** Clients that speak TLS to a server under test, with the certificates that a test gives them. */
import { connect as connectHttp2 } from "node:http2"
import { request } from "node:https"
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls"

/** An answer, and how it came. */
export interface SecureAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  readonly tlsVersion: string | null
  /** The serial number of the server's certificate. */
  readonly serialNumber: string
}

/** What a client shows and trusts. */
export type Trust = Pick<ConnectionOptions, "ca" | "cert" | "key" | "minVersion" | "maxVersion">

/** What a client sends. */
export interface SecureRequest {
  readonly method?: string
  readonly body?: unknown
}

/** A client that itself takes the weakest keys, so that the server is the one who refuses. */
const takesAny = { ciphers: "DEFAULT:@SECLEVEL=0" }

const about = (socket: TLSSocket) => ({
  tlsVersion: socket.getProtocol(),
  serialNumber: socket.getPeerX509Certificate()?.serialNumber ?? ""
})

/** One request over HTTP/1.1, on a connection of its own. */
export const overHttp1 = (
  url: string,
  trust: Trust,
  { body, method = "GET" }: SecureRequest = {}
): Promise<SecureAnswer> =>
  new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-type": "application/json" }
    const sent = request(url, { ...trust, method, headers, agent: false }, (response) => {
      const { serialNumber, tlsVersion } = about(response.socket as TLSSocket)
      let text = ""
      response.setEncoding("utf8")
      response.on("data", (part) => {
        text += part
      })
      response.on("error", reject)
      response.on("end", () => {
        const { headers: answered, statusCode: status = 0 } = response
        resolve({ status, headers: answered, text, tlsVersion, serialNumber })
      })
    })
    sent.on("error", reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })

/** A connection that speaks HTTP/2 and stays open. */
export interface Http2Client extends Disposable {
  readonly ask: (path: string, sent?: SecureRequest) => Promise<SecureAnswer>
  /** Begins a request whose body does not end; how it ended, 0 without an answer. */
  readonly begin: (path: string, text: string) => Promise<number>
  /** The last stream that the server says it will answer, once it leaves. */
  readonly toldToGo: Promise<number>
  readonly closed: Promise<void>
}

/** Opens a connection that speaks HTTP/2; rejects when the server does not let it. */
export const openHttp2 = (url: string, trust: Trust): Promise<Http2Client> =>
  new Promise((resolve, reject) => {
    const session = connectHttp2(url, trust)
    session.once("error", reject)
    let shown: ReturnType<typeof about> = { tlsVersion: null, serialNumber: "" }
    const toldToGo = new Promise<number>((told) => {
      session.once("goaway", (_code, lastStream) => told(lastStream ?? 0))
    })
    const closed = new Promise<void>((done) => {
      session.once("close", () => done())
    })
    const ask: Http2Client["ask"] = (path, { body, method = "GET" } = {}) =>
      new Promise((answered, failed) => {
        const stream = session.request(
          {
            ":path": path,
            ":method": method,
            ...(body === undefined ? {} : { "content-type": "application/json" })
          },
          { endStream: body === undefined }
        )
        let headers: Readonly<Record<string, unknown>> = {}
        let text = ""
        stream.setEncoding("utf8")
        stream.on("response", (given) => {
          headers = given
        })
        stream.on("data", (part: string) => {
          text += part
        })
        stream.on("error", failed)
        stream.on("close", () =>
          answered({
            status: Number(headers[":status"] ?? 0),
            headers,
            text,
            ...shown
          })
        )
        if (body !== undefined) stream.end(JSON.stringify(body))
      })
    const begin: Http2Client["begin"] = (path, text) =>
      new Promise((ended) => {
        const headers = { ":method": "POST", "content-type": "application/json" }
        const stream = session.request({ ":path": path, ...headers }, { endStream: false })
        let status = 0
        stream.on("response", (given) => {
          status = given[":status"] ?? 0
        })
        stream.on("error", () => undefined)
        stream.on("close", () => ended(status))
        stream.resume()
        stream.write(text)
      })
    session.once("connect", (_session, socket) => {
      shown = about(socket as TLSSocket)
      resolve({ ask, begin, toldToGo, closed, [Symbol.dispose]: () => session.destroy() })
    })
  })

/** How a handshake ends: what is wrong with it, or `undefined` when a request is answered. */
export const handshake = (port: number, trust: ConnectionOptions): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect(
      { host: "127.0.0.1", port, servername: "localhost", ...takesAny, ...trust },
      () => {
        // Under TLS 1.3 a client is refused after its own part of the handshake has ended.
        socket.write("GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
      }
    )
    let heard = ""
    socket.on("data", (part) => {
      heard += part.toString("latin1")
    })
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    socket.on("close", () =>
      resolve(heard.startsWith("HTTP/1.1 200") ? undefined : "closed without an answer")
    )
  })
