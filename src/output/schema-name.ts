// What the output calls its form.

/** Version of the output, in every document. */
export const SCHEMA_NAME = 'tcp-teardown/2'
