/**
 * Certificates and keys in files: read, checked, and refused in one sentence that names the setting
 * which is wrong and what to do. No message repeats a key. What does not fit is found here, before it
 * meets a client.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto"
import { readFileSync, statSync } from "node:fs"
import { createSecureContext } from "node:tls"
import { type CommandFailure, failure } from "../../cli/CommandFailure.ts"

/** The files of one end of a connection, and the settings that name them, such as `tls-cert`. */
export interface CertificateFiles {
  /** This end's certificate and its chain, with the key that belongs to it. */
  readonly own?: { readonly cert: string; readonly key: string } | undefined
  /** The authorities that the other end's certificate is checked by. */
  readonly ca?: string | undefined
  readonly settings: { readonly cert: string; readonly key: string; readonly ca: string }
}

/** What the files hold, in PEM, and what is known of it. */
export interface Certificates {
  readonly cert: string | undefined
  readonly key: string | undefined
  readonly ca: ReadonlyArray<string> | undefined
  /** Each certificate, by the setting that names its file. */
  readonly known: ReadonlyArray<KnownCertificate>
}

/** A certificate as people and logs may know it. */
export interface KnownCertificate {
  readonly setting: string
  readonly file: string
  readonly subject: string
  readonly serialNumber: string
  readonly expiresAt: Date
}

/** Why files cannot be used. */
class Unusable extends Error {}

const refuse = (setting: string, message: string): never => {
  throw new Unusable(`--${setting}: ${message}`)
}

const readText = (setting: string, file: string): string => {
  try {
    return readFileSync(file, "utf8")
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return refuse(
      setting,
      code === "ENOENT" ? `there is no file ${file}` : `${file} cannot be read: ${code ?? message}`
    )
  }
}

const block = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

const certificatesIn = (
  setting: string,
  file: string,
  text: string
): ReadonlyArray<X509Certificate> => {
  const blocks = text.match(block) ?? refuse(setting, `${file} holds no certificate in PEM`)
  try {
    return blocks.map((pem) => new X509Certificate(pem))
  } catch {
    return refuse(setting, `${file} holds a certificate that cannot be read`)
  }
}

const keyIn = (setting: string, file: string, text: string): KeyObject => {
  try {
    return createPrivateKey(text)
  } catch {
    return refuse(
      setting,
      /ENCRYPTED/.test(text)
        ? `the key in ${file} is encrypted; give it without a passphrase, readable by this user alone`
        : `${file} holds no private key in PEM`
    )
  }
}

/** Refuses a certificate that no client would accept at this instant. */
const checkTime = (setting: string, file: string, certificate: X509Certificate, now: Date) => {
  const { validFromDate, validToDate } = certificate
  if (validToDate <= now) {
    refuse(setting, `the certificate in ${file} expired at ${validToDate.toISOString()}; renew it`)
  }
  if (validFromDate > now) {
    const from = validFromDate.toISOString()
    refuse(setting, `the certificate in ${file} is not valid before ${from}; is the clock right?`)
  }
}

const knownOf = (
  setting: string,
  file: string,
  certificate: X509Certificate
): KnownCertificate => ({
  setting,
  file,
  subject: certificate.subjectAltName ?? certificate.subject.replaceAll("\n", ", "),
  serialNumber: certificate.serialNumber,
  expiresAt: certificate.validToDate
})

const readOwn = ({ own, settings }: CertificateFiles, now: Date) => {
  if (own === undefined) return undefined
  const cert = readText(settings.cert, own.cert)
  const key = readText(settings.key, own.key)
  const [leaf] = certificatesIn(settings.cert, own.cert, cert)
  if (leaf === undefined) return refuse(settings.cert, `${own.cert} holds no certificate in PEM`)
  if (!leaf.checkPrivateKey(keyIn(settings.key, own.key, key))) {
    return refuse(
      settings.key,
      `the key in ${own.key} does not belong to the certificate in ${own.cert}`
    )
  }
  checkTime(settings.cert, own.cert, leaf, now)
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    return refuse(settings.cert, `${own.cert} cannot be used: ${(error as Error).message}`)
  }
  return { cert, key, known: knownOf(settings.cert, own.cert, leaf) }
}

const readAuthorities = ({ ca, settings }: CertificateFiles, now: Date) => {
  if (ca === undefined) return undefined
  const found = certificatesIn(settings.ca, ca, readText(settings.ca, ca))
  const valid = found.filter(({ validToDate }) => validToDate > now)
  if (valid.length === 0) {
    for (const one of found) checkTime(settings.ca, ca, one, now)
  }
  return {
    ca: found.map((one) => one.toString()),
    known: found.map((one) => knownOf(settings.ca, ca, one))
  }
}

/** Reads the files as they are at an instant, or says what is wrong with them. */
export const readCertificates = (
  files: CertificateFiles,
  now: Date
): Certificates | CommandFailure => {
  try {
    const own = readOwn(files, now)
    const authorities = readAuthorities(files, now)
    return {
      cert: own?.cert,
      key: own?.key,
      ca: authorities?.ca,
      known: [...(own === undefined ? [] : [own.known]), ...(authorities?.known ?? [])]
    }
  } catch (error) {
    if (error instanceof Unusable) return failure("CertificateUnusable", error.message)
    throw error
  }
}

/**
 * A text that is another one once a file was written or replaced, also behind a link, as Kubernetes
 * does it.
 */
export const stateOf = ({ ca, own }: CertificateFiles): string =>
  [own?.cert, own?.key, ca]
    .map((file) => {
      if (file === undefined) return ""
      const found = statSync(file, { throwIfNoEntry: false, bigint: true })
      return found === undefined ? "none" : `${found.ino}/${found.size}/${found.mtimeNs}`
    })
    .join(" ")
