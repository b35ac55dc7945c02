// A real Apache Kafka that speaks TLS to its clients, and asks them for a certificate, beside the plain
// listener by which a test looks at its topics.
import { freePort } from "../PostgresServer.ts"
import { makeCertificates } from "../tlsPostgres.ts"
import { type KafkaServer, startKafka } from "./KafkaServer.ts"

/** A server that speaks TLS, and the certificates around it. */
export interface TlsKafka extends KafkaServer {
  readonly certificates: ReturnType<typeof makeCertificates>
  /** Where clients begin that speak TLS: `localhost:port`. */
  readonly tlsBrokers: ReadonlyArray<string>
}

const pem = (text: string) => text.trim().replaceAll("\n", "\\n")

/** Starts a server of one node that demands a client certificate of its authority. Takes 2 to 8 s. */
export const startTlsKafka = async (): Promise<TlsKafka> => {
  const certificates = makeCertificates()
  const { ca, server } = certificates
  const port = await freePort()
  const listening = (listeners: string): Record<string, string> => ({
    listeners: `${listeners},SECURE://127.0.0.1:${port}`,
    "advertised.listeners": `${listeners.split(",")[0]},SECURE://localhost:${port}`,
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SSL",
    "ssl.client.auth": "required",
    "ssl.enabled.protocols": "TLSv1.3",
    "ssl.keystore.type": "PEM",
    "ssl.keystore.certificate.chain": pem(server.cert),
    "ssl.keystore.key": pem(server.key),
    "ssl.truststore.type": "PEM",
    "ssl.truststore.certificates": pem(ca)
  })
  const started = await startKafka({ listening })
  return { ...started, certificates, tlsBrokers: [`localhost:${port}`] }
}
