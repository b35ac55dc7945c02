/** Which servers run on the tables, for `doctor` and for migrations that would break one of them. */
export { serverTable as servers } from "../../schema/engineTables.ts"
