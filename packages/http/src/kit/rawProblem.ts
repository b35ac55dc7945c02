/**
 * Problems for requests that never become requests: what a host's HTTP parser turns away before any
 * route sees it. The text is a whole HTTP/1.1 answer, for the host to write and hang up.
 */
import { plainProblem, problemContentType } from "./Problem.ts"

const statusOf: Readonly<Record<string, readonly [status: number, reason: string]>> = {
  HPE_HEADER_OVERFLOW: [431, "Request Header Fields Too Large"],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, "Content Too Large"],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Request Timeout"]
}

/**
 * The answer for Node's `clientError` event, by the code of its error: `server.on("clientError",
 * (error, socket) => socket.end(rawProblem(error.code)))`.
 */
export const rawProblem = (code: string | undefined): string => {
  const [status, reason] = statusOf[code ?? ""] ?? [400, "Bad Request"]
  const body = JSON.stringify(plainProblem(status, `The HTTP parser refused it: ${reason}`))
  return [
    `HTTP/1.1 ${status} ${reason}`,
    "connection: close",
    `content-type: ${problemContentType}`,
    `content-length: ${body.length}`,
    "",
    body
  ].join("\r\n")
}
