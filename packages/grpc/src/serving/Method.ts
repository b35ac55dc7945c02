/** A method, as far as who may call it and how often goes. */
import type { PermittedOperation } from "@holdfast/core/access"

/** A method of a context. */
export interface Method {
  readonly context: "inventory" | "catalog"
  readonly operation: PermittedOperation
  /** Which limit a call draws from. */
  readonly kind: "reads" | "writes"
  /** How the audit log names it: by the command, or by its operation with a capital. */
  readonly recordedAs: string
}
