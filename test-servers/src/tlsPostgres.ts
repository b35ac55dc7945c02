// A PostgreSQL server that speaks TLS, with certificates made for the test by openssl: Node signs none.
import { execFileSync } from "node:child_process"
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { identity, type PostgresServer, startPostgres } from "./PostgresServer.ts"
import { pathOf } from "./programs.ts"

/** A certificate and its key, in PEM. */
export interface Certified {
  readonly cert: string
  readonly key: string
}

/** An authority's certificate, and what it signed. */
export interface Certificates {
  readonly ca: string
  /** For `localhost` and 127.0.0.1. */
  readonly server: Certified
  /** For the database user `certified`. */
  readonly client: Certified
}

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

/** Makes an authority and lets it sign a certificate for a server and one for a client. */
export const makeCertificates = (): Certificates => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-tls-"))
  const openssl = (...args: ReadonlyArray<string>) =>
    execFileSync(pathOf("openssl"), args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] })
  const read = (file: string) => readFileSync(join(folder, file), "utf8")
  const signed = (name: string, subject: string, names: string): Certified => {
    writeFileSync(join(folder, "names"), names)
    openssl("req", ...newKey, "-subj", subject, "-keyout", `${name}.key`, "-out", `${name}.csr`)
    openssl(
      ...["x509", "-req", "-in", `${name}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key"],
      ...["-CAcreateserial", "-days", "2", "-extfile", "names", "-out", `${name}.pem`]
    )
    return { cert: read(`${name}.pem`), key: read(`${name}.key`) }
  }
  try {
    openssl(
      ...["req", "-x509", ...newKey, "-days", "2", "-subj", "/CN=authority"],
      ...["-keyout", "ca.key", "-out", "ca.pem"]
    )
    return {
      ca: read("ca.pem"),
      server: signed("server", "/CN=localhost", "subjectAltName=DNS:localhost,IP:127.0.0.1\n"),
      client: signed("client", "/CN=certified", "extendedKeyUsage=clientAuth\n")
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A server with `ssl = on`, and the certificates around it. */
export interface TlsPostgres extends PostgresServer {
  readonly certificates: Certificates
}

/** Starts a server that speaks TLS, with these lines as its `pg_hba.conf`. */
export const startTlsPostgres = async (access: ReadonlyArray<string>): Promise<TlsPostgres> => {
  const certificates = makeCertificates()
  const folder = mkdtempSync(join(tmpdir(), "holdfast-tls-"))
  const { gid, uid } = { gid: process.getgid?.() ?? 0, uid: process.getuid?.() ?? 0, ...identity() }
  const put = (name: string, text: string) => {
    const file = join(folder, name)
    writeFileSync(file, text, { mode: 0o600 })
    chownSync(file, uid, gid)
    return file
  }
  chownSync(folder, uid, gid)
  const server = await startPostgres({
    settings: {
      ssl: "on",
      ssl_ca_file: put("ca.pem", certificates.ca),
      ssl_cert_file: put("server.pem", certificates.server.cert),
      ssl_key_file: put("server.key", certificates.server.key),
      hba_file: put("pg_hba.conf", `${access.join("\n")}\n`)
    }
  })
  return {
    ...server,
    certificates,
    stop: async () => {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
