/** A PostgreSQL server that is reached over TLS, and checked by an authority of one's own. */
import { makeCertificates, runOn, startTlsPostgres, type TlsPostgres } from "@holdfast/test-servers"
import { describeProgram } from "@holdfast/test-servers/describeProgram"
import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { holdfast, startServer } from "../../ServerProcess.ts"
import { type CertificateFolder, certificateFolder } from "./certificateFolder.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const password = "canary-of-the-database"

describeProgram("openssl", "a database behind TLS", () => {
  let postgres: TlsPostgres
  let folder: CertificateFolder
  beforeAll(async () => {
    postgres = await startTlsPostgres([
      "host all postgres 127.0.0.1/32 trust",
      "hostssl all shop 127.0.0.1/32 scram-sha-256",
      "hostssl all certified 127.0.0.1/32 cert"
    ])
    for (const user of ["shop", "certified"]) {
      await runOn(postgres.url(), `create role ${user} superuser login password '${password}'`)
    }
    folder = certificateFolder()
    folder.put("ca.pem", postgres.certificates.ca)
    folder.putBoth("client", postgres.certificates.client)
    folder.put("stranger.pem", makeCertificates().ca)
  })
  afterAll(async () => {
    await postgres.stop()
    folder[Symbol.dispose]()
  })
  const url = (user: string, mode = "verify-full") =>
    `postgres://${user}@127.0.0.1:${postgres.port}/postgres?sslmode=${mode}`
  const shop = () => url(`shop:${password}`)

  it("is worked on, and every connection is encrypted", async () => {
    const flags = ["--database-ca", folder.at("ca.pem")]
    await using server = await startServer(flags, { env: { HOLDFAST_DATABASE: shop() } })
    expect(server.isReady).toBe(true)
    const rows = await runOn(
      postgres.url(),
      "select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid) where usename = 'shop'"
    )
    expect(rows).toEqual([{ ssl: true }])
  })

  it("is shown a certificate where it asks for one", async () => {
    const own = [
      "--database-cert",
      folder.at("client.pem"),
      "--database-key",
      folder.at("client.key")
    ]
    const ca = ["--database-ca", folder.at("ca.pem")]
    const at = ["migrate", "--database", url("certified")]
    expect((await holdfast([...at, ...ca, ...own])).code).toBe(0)
    const { code, stderr } = await holdfast([...at, ...ca])
    expect([code, stderr]).toEqual([1, expect.stringContaining("asks for a client certificate")])
  })

  it("is not trusted when another authority was named, or none that knows it", async () => {
    for (const flags of [[], ["--database-ca", folder.at("stranger.pem")]]) {
      const { code, stderr } = await holdfast(["migrate", ...flags], {
        env: { HOLDFAST_DATABASE: shop() }
      })
      expect([code, stderr]).toEqual([1, expect.stringContaining("does not trust")])
      expect(stderr).not.toContain(password)
    }
  })

  it("is not asked with settings that contradict each other", async () => {
    const ca = ["--database-ca", folder.at("ca.pem")]
    const cases: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
      [["--database", url("shop", "disable"), ...ca], "sslmode=disable of the URL contradicts"],
      [["--folder", folder.at("data"), ...ca], "need --database"],
      [
        ["--database", url("shop"), "--database-key", folder.at("client.key")],
        "needs --database-cert"
      ],
      [["--database", url("shop"), "--database-ca", folder.at("none.pem")], "there is no file"]
    ]
    for (const [flags, message] of cases) {
      const { code, stderr } = await holdfast(["migrate", ...flags])
      expect([code, stderr]).toEqual([expect.any(Number), expect.stringContaining(message)])
      expect(code).not.toBe(0)
    }
  })
})
