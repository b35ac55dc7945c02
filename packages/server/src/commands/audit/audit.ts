/** `holdfast audit`: who did what, and whether history is what it was, one command a file. */
import * as Command from "effect/cli/Command"
import { exportAuditCommand } from "./export.ts"
import { list } from "./list.ts"
import { pruneAudit } from "./prune.ts"
import { verify } from "./verify.ts"

/** The commands of the audit log. */
export const audit = Command.make("audit").pipe(
  Command.withDescription("Read who did what, and check that history was not edited"),
  Command.withSubcommands([list, exportAuditCommand, verify, pruneAudit])
)
