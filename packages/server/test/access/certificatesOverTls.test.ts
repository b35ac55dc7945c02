/** The names that a client certificate shows on a real connection, over HTTP/1.1 and HTTP/2. */
import { connect, createSecureServer } from "node:http2"
import { request } from "node:https"
import type { AddressInfo } from "node:net"
import { makeCertificates } from "@holdfast/test-servers"
import { describeProgram } from "@holdfast/test-servers/describeProgram"
import { afterAll, beforeAll, expect, it } from "vitest"
import { shownCertificate } from "../../src/access/certificates.ts"

type Certified = ReturnType<typeof makeCertificates>["server"]

describeProgram("openssl", "a client certificate", () => {
  const ours = makeCertificates()
  const theirs = makeCertificates()
  const server = createSecureServer(
    {
      ...ours.server,
      ...{ ca: ours.ca, allowHTTP1: true, requestCert: true, rejectUnauthorized: false }
    },
    (asked, response) => response.end(JSON.stringify({ shown: shownCertificate(asked)?.names }))
  )
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)))
  afterAll(() => new Promise((resolve) => server.close(resolve)))
  const port = () => (server.address() as AddressInfo).port

  const overHttp1 = (client: Certified | undefined) =>
    new Promise<string>((resolve, reject) => {
      const options = { ...client, ca: ours.ca, port: port(), host: "127.0.0.1", agent: false }
      request(options, (response) => {
        let text = ""
        response.on("data", (chunk) => {
          text += chunk
        })
        response.on("end", () => resolve(text))
      })
        .on("error", reject)
        .end()
    })

  const overHttp2 = (client: Certified | undefined) =>
    new Promise<string>((resolve, reject) => {
      const session = connect(`https://127.0.0.1:${port()}`, { ...client, ca: ours.ca })
      session.on("error", reject)
      let text = ""
      session
        .request()
        .on("data", (chunk) => {
          text += chunk
        })
        .on("end", () => {
          session.close()
          resolve(text)
        })
        .on("error", reject)
        .end()
    })

  for (const [name, ask] of [
    ["HTTP/1.1", overHttp1],
    ["HTTP/2", overHttp2]
  ] as const) {
    const shownBy = async (client: Certified | undefined) => JSON.parse(await ask(client)).shown

    it(`shows its names over ${name} when our authority has signed it`, async () => {
      expect(await shownBy(ours.server)).toEqual(["DNS:localhost", "IP Address:127.0.0.1"])
      expect(await shownBy(ours.client)).toEqual([])
    })

    it(`shows nothing over ${name} when another authority has signed it, or there is none`, async () => {
      expect(await shownBy(theirs.server)).toBe(undefined)
      expect(await shownBy(undefined)).toBe(undefined)
    })
  }
})
