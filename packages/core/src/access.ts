/** Who may do what: principals, their roles and scopes. */
export * from "./access/Principal.ts"
