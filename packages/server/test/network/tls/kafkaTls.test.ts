/** A broker that is reached over TLS, is checked by an authority of one's own, and asks for a certificate. */
import { makeCertificates, startTlsKafka, type TlsKafka } from "@holdfast/test-servers"
import { describeKafka } from "@holdfast/test-servers/describeKafka"
import { afterAll, beforeAll, expect, it, vi } from "vitest"
import { eventually } from "../../eventually.ts"
import { post } from "../../requests.ts"
import { startServer } from "../../ServerProcess.ts"
import { followTopic } from "../../serving/topics.ts"
import { type CertificateFolder, certificateFolder } from "./certificateFolder.ts"

// A process is up in a second, or in many times that on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

describeKafka("a broker behind TLS", () => {
  let kafka: TlsKafka
  let folder: CertificateFolder
  beforeAll(async () => {
    kafka = await startTlsKafka()
    folder = certificateFolder()
    const stranger = makeCertificates()
    folder.put("ca.pem", kafka.certificates.ca)
    folder.putBoth("client", kafka.certificates.client)
    folder.put("stranger.pem", stranger.ca)
  })
  afterAll(async () => {
    await kafka.stop()
    folder[Symbol.dispose]()
  })
  const flags = (prefix: string, ...tls: ReadonlyArray<string>) => [
    ...["--memory", "--kafka", kafka.tlsBrokers.join(","), "--kafka-topic-prefix", prefix],
    ...["--kafka-create-topics", "--kafka-partitions", "1", "--kafka-replication", "1", ...tls]
  ]
  const own = () => [
    "--kafka-cert",
    folder.at("client.pem"),
    "--kafka-key",
    folder.at("client.key")
  ]
  const stocked = (url: string) =>
    post(url, "/api/skus", { skuId: "tee", code: "tee", name: "Tee", initialStock: 1 })

  it("gets what is committed, once it is trusted and shown a certificate", async () => {
    await using server = await startServer(
      flags("secure", "--kafka-ca", folder.at("ca.pem"), ...own())
    )
    expect((await stocked(server.url)).status).toBe(201)
    await server.logs("events go to Kafka")
    await using topic = await followTopic(kafka.brokers, "secure.inventory")
    const received = await eventually(async () =>
      topic.received.length > 0 ? topic.received : undefined
    )
    expect(received[0]).toMatchObject({ aggregateId: "tee" })
  })

  it("gets nothing where another authority was named, and the log says what to correct", async () => {
    await using server = await startServer(
      flags("stranger", "--kafka-ca", folder.at("stranger.pem"), ...own())
    )
    expect((await stocked(server.url)).status).toBe(201)
    await server.logs("the broker's certificate is not accepted")
  })

  it("gets nothing from who shows no certificate, and stock goes on", async () => {
    await using server = await startServer(flags("nobody", "--kafka-ca", folder.at("ca.pem")))
    expect((await stocked(server.url)).status).toBe(201)
    await server.logs("cannot be moved, trying again")
  })
})
