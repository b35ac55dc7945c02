/** Marks of the audit log can be changed and taken away no more than its records. */
export { fixedMarks } from "../../schema/engineTables.ts"
