/** What a host looks at before it says that it is ready. */

/** One thing that was looked at. A failure makes the server not ready; a warning is for people. */
export interface HealthCheck {
  /** What it is about, such as `disk`. */
  readonly name: string
  readonly status: "ok" | "warn" | "fail"
  /** What was found, in a sentence without secrets. */
  readonly found: string
}
