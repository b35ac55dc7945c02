/** What the server is called in its lines of log. */
let version = "unknown"

/** Says which version this is; `main` does so once. */
export const setVersion = (known: string): void => {
  version = known
}

/** The name that `OTEL_SERVICE_NAME` gives, or `holdfast`, and the version. */
export const thisService = (): { readonly name: string; readonly version: string } => ({
  name: process.env["OTEL_SERVICE_NAME"] || "holdfast",
  version
})
