/** The manifests of a deployment, read, and checked against the schemas of versions of Kubernetes. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { ValidateFunction } from "ajv"
import { Ajv2020 } from "ajv/dist/2020.js"
import { parseAllDocuments } from "yaml"
import { inWheel } from "../../test-servers/src/index.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** The text of a file of the repository. */
export const textOf = (path: string): string => readFileSync(`${root}${path}`, "utf8")

// biome-ignore lint/suspicious/noExplicitAny: tests look into resources of every kind
export type Resource = any

/** Each resource of a file of YAML. */
export const resourcesIn = (yaml: string): ReadonlyArray<Resource> =>
  parseAllDocuments(yaml).flatMap((document) => {
    if (document.errors.length > 0) throw document.errors[0]
    const resource = document.toJS()
    return resource === null ? [] : [resource]
  })

/** What a version of Kubernetes finds wrong with a resource, a misspelt field included. */
export type Validation = (resource: Resource) => ReadonlyArray<string>

const within = "https://kubernetes.invalid/api/"

/** The strict schemas of one version, such as 1.36. */
export const validationOf = (version: string): Validation => {
  const folder = `kubernetes_validate/kubernetes-json-schema/v${version}.0-local-strict`
  const read = (name: string) =>
    JSON.parse(readFileSync(inWheel("kubernetes-validate", `${folder}/${name}`), "utf8"))
  // Their formats, such as int32, say what the types beside them say already.
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema(read("_definitions.json"), `${within}_definitions.json`)
  const known = new Map<string, ValidateFunction>()
  const validateOf = (resource: Resource): ValidateFunction => {
    const [group = "", version] = String(resource.apiVersion).split("/")
    const api = version === undefined ? group : `${group.split(".")[0]}-${version}`
    const file = `${String(resource.kind).toLowerCase()}-${api}.json`
    const found = known.get(file) ?? ajv.compile({ ...read(file), $id: `${within}${file}` })
    known.set(file, found)
    return found
  }
  return (resource) => {
    const validate = validateOf(resource)
    if (validate(resource)) return []
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${resource.kind} ${resource.metadata?.name}${instancePath}: ${message} ${JSON.stringify(params)}`
    )
  }
}
