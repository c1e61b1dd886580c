/** The JSON-Schema validator, bundled at build time. It interprets the schema and generates no code. */
export { Validator } from '@cfworker/json-schema';
export type { OutputUnit } from '@cfworker/json-schema';
