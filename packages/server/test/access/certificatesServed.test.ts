/** A service that a real server knows by its client certificate. */
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { type RequestOptions, request } from "node:https"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { makeCertificates } from "@holdfast/test-servers"
import { describeProgram } from "@holdfast/test-servers/describeProgram"
import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { holdfast, type ServerProcess, startServer } from "../ServerProcess.ts"

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

type Certified = ReturnType<typeof makeCertificates>["server"]

describeProgram("openssl", "a server that takes client certificates", () => {
  const ours = makeCertificates()
  const theirs = makeCertificates()
  let folder: string
  let server: ServerProcess
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "holdfast-certificates-"))
    const put = async (name: string, text: string) => {
      await writeFile(join(folder, name), text, { mode: 0o600 })
      return join(folder, name)
    }
    const names = '{"DNS:localhost":["stock:read","stock:write"]}'
    server = await startServer([
      ...["--memory", "--tls-cert", await put("server.pem", ours.server.cert)],
      ...["--tls-key", await put("server.key", ours.server.key)],
      ...["--tls-client-ca", await put("ca.pem", ours.ca), "--tls-client-auth", "optional"],
      ...["--auth", "certificates", "--client-certificates", await put("names.json", names)]
    ])
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  const ask = (
    client: Certified | undefined,
    method: string,
    path: string,
    body?: object
  ): Promise<{ status: number | undefined; text: string }> =>
    new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { "content-type": "application/json" }
      const options: RequestOptions = {
        ...{ ...client, ca: ours.ca, host: "127.0.0.1", port: server.port, agent: false },
        ...{ method, path, headers }
      }
      request(options, (response) => {
        let text = ""
        response.on("data", (chunk) => {
          text += chunk
        })
        response.on("end", () => resolve({ status: response.statusCode, text }))
        response.on("error", reject)
      })
        .on("error", reject)
        .end(body === undefined ? undefined : JSON.stringify(body))
    })

  const sku = { skuId: "mug", code: "MUG", name: "Mug", initialStock: 3 }

  it("knows the service by a name of its certificate, and writes down that it acted", async () => {
    expect((await ask(ours.server, "POST", "/api/skus", sku)).status).toBe(201)
    const { text } = await ask(ours.server, "GET", "/api/inventory/mug/movements")
    expect(JSON.parse(text).items[0]).toMatchObject({ actor: "certificate:DNS:localhost" })
  })

  it("lets nobody in by a certificate without that name, of another authority, or by none", async () => {
    for (const client of [ours.client, theirs.server, undefined]) {
      const status = await ask(client, "GET", "/api/inventory/mug").then(
        (answer) => answer.status,
        () => "cut"
      )
      expect([401, "cut"]).toContain(status)
    }
    expect((await ask(ours.client, "GET", "/api/inventory/mug")).status).toBe(401)
    expect((await ask(undefined, "GET", "/health/live")).status).toBe(200)
  })

  it("does not start where no client is asked for a certificate", async () => {
    const names = join(folder, "names.json")
    const args = ["--auth", "certificates", "--client-certificates", names]
    const { code, stderr } = await holdfast(["serve", "--memory", "--port", "0", ...args])
    expect({ code, stderr }).toEqual({
      ...{ code: 2, stderr: expect.stringContaining("--auth certificates needs TLS") }
    })
  })
})
