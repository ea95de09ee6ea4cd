// SARIF 2.1.0 (OASIS), as far as our reports use it: the required members, types and bounds of its schema, and no member that it does
// not have. The whole schema is in no package that is kept; with it the reports were checked by hand. Beyond it, what GitHub's
// code scanning asks for: a rule, a line and a fingerprint.

const TEXT = { type: 'string' }

function objectOf(properties: object, required: readonly string[]): object {
  return { type: 'object', properties, required, additionalProperties: false }
}

function listOf(items: object): object {
  return { type: 'array', items }
}

const MESSAGE = objectOf({ text: TEXT }, ['text'])

const LOCATION = objectOf(
  {
    physicalLocation: objectOf(
      {
        artifactLocation: objectOf({ uri: { type: 'string', format: 'uri-reference' } }, ['uri']),
        region: objectOf({ startLine: { type: 'integer', minimum: 1 } }, ['startLine']),
      },
      ['artifactLocation', 'region'],
    ),
    logicalLocations: listOf(objectOf({ name: TEXT }, ['name'])),
  },
  ['physicalLocation'],
)

const RESULT = objectOf(
  {
    ruleId: TEXT,
    level: { enum: ['none', 'note', 'warning', 'error'] },
    message: MESSAGE,
    locations: { ...listOf(LOCATION), minItems: 1 },
    partialFingerprints: objectOf({ primaryLocationLineHash: TEXT }, ['primaryLocationLineHash']),
  },
  ['ruleId', 'message', 'locations', 'partialFingerprints'],
)

const RULES = {
  ...listOf(objectOf({ id: TEXT, shortDescription: MESSAGE }, ['id'])),
  uniqueItems: true,
}

/** The schema. */
export const SARIF_SCHEMA: object = objectOf(
  {
    $schema: { type: 'string', format: 'uri-reference' },
    version: { const: '2.1.0' },
    runs: listOf(
      objectOf(
        {
          tool: objectOf(
            { driver: objectOf({ name: TEXT, version: TEXT, rules: RULES }, ['name']) },
            ['driver'],
          ),
          results: listOf(RESULT),
        },
        ['tool', 'results'],
      ),
    ),
  },
  ['version', 'runs'],
)

const REFERENCE =
  /^(?:[a-z][a-z\d+.-]*:)?(?:[\w.~!$&'()*+,;=:@/-]|%[\dA-F]{2})*(?:\?(?:[\w.~!$&'()*+,;=:@/?-]|%[\dA-F]{2})*)?(?:#(?:[\w.~!$&'()*+,;=:@/?-]|%[\dA-F]{2})*)?$/i

/** Whether a text is a reference by the grammar of RFC 3986. */
export function isReference(text: string): boolean {
  return REFERENCE.test(text)
}
