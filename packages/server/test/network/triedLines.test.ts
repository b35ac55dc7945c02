/** The lines that a welcome prints to be tried, run by a shell as they stand. */
import { spawn } from "node:child_process"
import { freshDatabase, makeAuthority } from "@holdfast/test-servers"
import { describePostgres } from "@holdfast/test-servers/describePostgres"
import { describe, expect, it, vi } from "vitest"
import { type AskedOfClients, shownByClients } from "../../src/serving/network/shownByClients.ts"
import { holdfast, startServer } from "../ServerProcess.ts"
import { certificateFolder, localNames } from "./tls/certificateFolder.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 240_000 })

/** Runs a line in a shell; the status of its answer. */
const statusOf = (line: string, env: Readonly<Record<string, string>>): Promise<string> =>
  new Promise((resolve) => {
    const options = line.replace(/^curl/, "curl -sS -o /dev/null -w '%{http_code}'")
    const shell = spawn("sh", ["-c", options], { env: { ...process.env, ...env } })
    const out: Array<string> = []
    for (const stream of [shell.stdout, shell.stderr]) {
      stream.on("data", (chunk) => out.push(String(chunk)))
    }
    shell.on("close", () => resolve(out.join("")))
  })

const statusesOf = async (
  lines: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {}
) => {
  const statuses: Array<string> = []
  for (const line of lines) statuses.push(await statusOf(line, env))
  return statuses
}

const worked = ["201", "201", "200"]

describe("the lines of a welcome over TLS", () => {
  it("work with a certificate for another name, without a variable", async () => {
    const authority = await makeAuthority()
    using folder = certificateFolder()
    const names = ["DNS:stock.shop.example"]
    const { cert, key } = folder.putBoth("own", await authority.issue({ names, usage: "server" }))
    await using server = await startServer([
      ...["--memory", "--auth", "none", "--tls-cert", cert, "--tls-key", key]
    ])
    expect(server.try[0]).toContain("https://stock.shop.example:")
    expect(await statusesOf(server.try)).toEqual(worked)
  })

  it("work with the certificate of a client in CERT and KEY", async () => {
    const authority = await makeAuthority()
    using folder = certificateFolder()
    const own = folder.putBoth("own", await authority.issue({ names: localNames, usage: "server" }))
    const client = folder.putBoth(
      "client",
      await authority.issue({ names: ["URI:spiffe://shop/till"], usage: "client" })
    )
    const scopes = ["stock:read", "stock:write", "reservations:write"]
    const names = folder.put("names.json", JSON.stringify({ "URI:spiffe://shop/till": scopes }))
    await using server = await startServer([
      ...["--memory", "--tls-cert", own.cert, "--tls-key", own.key],
      ...["--tls-client-ca", folder.put("ca.pem", authority.pem)],
      ...["--auth", "certificates", "--client-certificates", names]
    ])
    const env = { CERT: client.cert, KEY: client.key }
    expect(await statusesOf(server.try, env)).toEqual(worked)
  })
})

describePostgres(18, "the lines of a welcome with keys", () => {
  it("work with a key in TOKEN, also over TLS", async () => {
    const database = await freshDatabase()
    const authority = await makeAuthority()
    using folder = certificateFolder()
    const { cert, key } = folder.putBoth(
      "own",
      await authority.issue({ names: ["DNS:localhost"], usage: "server" })
    )
    try {
      const at = ["--database", database.url]
      expect((await holdfast(["migrate", ...at])).code).toBe(0)
      const scopes = "stock:read,stock:write,reservations:write"
      const made = await holdfast([
        ...["keys", "create", ...at, "--json", "--name", "try", "--scopes", scopes]
      ])
      const env = { TOKEN: JSON.parse(made.stdout).key as string }
      {
        await using server = await startServer([...at, "--auth", "keys"])
        expect(await statusesOf(server.try, env)).toEqual(worked)
      }
      await using server = await startServer([
        ...[...at, "--auth", "keys", "--tls-cert", cert, "--tls-key", key]
      ])
      expect(server.try[2]).toContain("https://localhost:")
      expect(await statusesOf(server.try.slice(2), env)).toEqual(["200"])
    } finally {
      await database.drop()
    }
  })
})

describe("what clients show", () => {
  const plain: AskedOfClients = {
    ...{ host: "127.0.0.1", port: 3000, certificate: undefined },
    clientAuth: "none",
    ways: { tokens: false, keys: false, certificates: false }
  }

  it("is nothing where nobody is asked, and says what the variables hold", () => {
    expect(shownByClients(plain)).toEqual({
      ...{ url: "http://127.0.0.1:3000", curl: "", grpcurl: "", variables: [] }
    })
    const both = shownByClients({ ...plain, ways: { ...plain.ways, tokens: true, keys: true } })
    expect(both.variables).toEqual([
      "TOKEN holds a token of your issuer, or a key of a service (holdfast keys create)"
    ])
    expect(both.grpcurl).toBe(' -H "authorization: Bearer $TOKEN"')
  })

  it("is shown to grpcurl too, and a file of any name is one word of the shell", async () => {
    const authority = await makeAuthority()
    const { cert: pem } = await authority.issue({ names: ["DNS:stock.shop.example"] })
    const shown = shownByClients({
      ...{ ...plain, host: "::1" },
      clientAuth: "required",
      certificate: { file: "/etc/shop's keys/own.pem", pem },
      ways: { tokens: false, keys: false, certificates: true }
    })
    expect(shown).toMatchObject({
      url: "https://stock.shop.example:3000",
      curl:
        " --cacert '/etc/shop'\\''s keys/own.pem' --connect-to stock.shop.example:3000:[::1]:3000" +
        ' --cert "$CERT" --key "$KEY"',
      grpcurl:
        " -cacert '/etc/shop'\\''s keys/own.pem' -authority stock.shop.example -cert \"$CERT\" -key \"$KEY\""
    })
  })
})
