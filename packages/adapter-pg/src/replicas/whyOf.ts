/** Why a replica cannot be read, as the end of a sentence that repeats no user and no password. */
import { type SqlFailure, sqlStateOf, toStoreError } from "../connection/SqlFailure.ts"

/** Whether no later try does better: the server refuses the user, the password or the database. */
export const isRefused = ({ cause, kind }: SqlFailure): boolean =>
  kind === "Denied" && /^(28...|3D000|none)$/.test(sqlStateOf(cause) ?? "none")

/** The failure as the end of a sentence. */
export const whyOf = (failure: SqlFailure): string =>
  failure.kind === "Lost" ? "cannot be reached" : `cannot be used: ${toStoreError(failure).message}`
