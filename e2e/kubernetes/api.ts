/** The API of a cluster, as far as a kubelet and a proxy of services ask it. */
import { Agent, request } from "node:https"
import type { Resource } from "../deploy/manifests.ts"

/** Where the API is, and who asks. */
export interface ApiPlace {
  readonly port: number
  /** The certificate of the authority that signed that of the server, in PEM. */
  readonly authority: string
  readonly token: string
}

/** An answer that is none of 200 to 299. */
export class ApiRefusal extends Error {
  readonly status: number
  constructor(status: number, text: string) {
    super(text)
    this.status = status
  }
}

/** The API. */
export interface Api extends Disposable {
  readonly get: (path: string) => Promise<Resource>
  readonly post: (path: string, body: Resource) => Promise<Resource>
  /** Changes the fields that are named. */
  readonly merge: (path: string, body: Resource) => Promise<Resource>
  readonly remove: (path: string, body: Resource) => Promise<Resource>
}

const answerMillisMax = 30_000

/** Opens the API. */
export const openApi = ({ authority, port, token }: ApiPlace): Api => {
  const agent = new Agent({ keepAlive: true, maxSockets: 16, ca: authority })
  const ask = (method: string, path: string, body?: Resource, contentType = "application/json") =>
    new Promise<Resource>((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const asked = request(
        {
          ...{ agent, method, path, port, host: "127.0.0.1", timeout: answerMillisMax },
          headers: {
            authorization: `Bearer ${token}`,
            accept: "application/json",
            ...(text === undefined
              ? {}
              : { "content-type": contentType, "content-length": Buffer.byteLength(text) })
          }
        },
        (response) => {
          let said = ""
          response.setEncoding("utf8").on("data", (part: string) => {
            said += part
          })
          response.once("error", reject)
          response.once("end", () => {
            const { statusCode = 0 } = response
            if (statusCode >= 200 && statusCode < 300) resolve(JSON.parse(said))
            else reject(new ApiRefusal(statusCode, `${method} ${path}: ${statusCode} ${said}`))
          })
        }
      )
      asked.once("timeout", () => asked.destroy(new Error(`${method} ${path}: no answer`)))
      asked.once("error", reject)
      asked.end(text)
    })
  return {
    get: (path) => ask("GET", path),
    post: (path, body) => ask("POST", path, body),
    merge: (path, body) => ask("PATCH", path, body, "application/merge-patch+json"),
    remove: (path, body) => ask("DELETE", path, body),
    [Symbol.dispose]: () => agent.destroy()
  }
}
