/** Certificates in files, as a server is given them. */
import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Certified } from "@holdfast/test-servers"

/** A folder of certificates, gone at the end of its scope. */
export interface CertificateFolder extends Disposable {
  readonly at: (name: string) => string
  /** Writes a file, all at once. */
  readonly put: (name: string, text: string) => string
  /** Writes a certificate and its key, as `name.pem` and `name.key`. */
  readonly putBoth: (name: string, certified: Certified) => { cert: string; key: string }
  /** Lets programs that run as another user read all of it. */
  readonly share: () => void
}

/** The names of this machine. */
export const localNames = ["DNS:localhost", "IP:127.0.0.1"]

/** Makes a folder. */
export const certificateFolder = (): CertificateFolder => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-certificates-"))
  const at = (name: string) => join(folder, name)
  const put = (name: string, text: string) => {
    const file = at(name)
    writeFileSync(`${file}.new`, text, { mode: 0o600 })
    renameSync(`${file}.new`, file)
    return file
  }
  return {
    at,
    put,
    putBoth: (name, { cert, key }) => ({
      key: put(`${name}.key`, key),
      cert: put(`${name}.pem`, cert)
    }),
    share: () => {
      chmodSync(folder, 0o755)
      for (const name of readdirSync(folder)) chmodSync(at(name), 0o644)
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true })
  }
}
