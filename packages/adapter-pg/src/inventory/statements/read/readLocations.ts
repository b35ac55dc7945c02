import { type Query, query } from "../../../connection/Query.ts"
import { locationColumns } from "../scope.ts"

/** Reads all locations in the order of allocation. Index: no index, a small table. Lock: none. */
export const readLocations = (schema: string) => {
  const sql = `select ${locationColumns} from ${schema}.locations l order by l.priority, l.id`
  return (): Query => query(sql)
}
