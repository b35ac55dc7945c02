/** A folder of certificates and keys as the committed configurations of gateways name them. */
import type { IssuerKey } from "../../packages/server/test/access/tokens/issuer.ts"
import {
  type CertificateFolder,
  certificateFolder,
  localNames
} from "../../packages/server/test/network/tls/certificateFolder.ts"
import { type Authority, makeAuthority } from "../../test-servers/src/index.ts"
import { stockHost } from "./asking.ts"

/** The folder, and who signed what is in it. */
export interface GatewayFolder extends CertificateFolder {
  readonly authority: Authority
}

/** Makes a folder for the key of an issuer; programs that run as another user may read it. */
export const gatewayFolder = async (issuing: IssuerKey): Promise<GatewayFolder> => {
  const authority = await makeAuthority()
  const folder = certificateFolder()
  const put = async (name: string, names: ReadonlyArray<string>) => {
    const { cert, key } = await authority.issue({ names })
    folder.put(`${name}.crt`, cert)
    folder.put(`${name}.key`, key)
  }
  await put("public", [...localNames, "DNS:api.example.com", `DNS:${stockHost}`])
  await put("gateway", ["DNS:gateway"])
  folder.put("services-ca.crt", authority.pem)
  folder.put("issuer.pem", issuing.publicKey.export({ type: "spki", format: "pem" }).toString())
  folder.share()
  return { ...folder, authority }
}
