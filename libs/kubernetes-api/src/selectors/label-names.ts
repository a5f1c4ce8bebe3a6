/** Syntax of label keys, label values and DNS names, with the texts that Kubernetes gives for each mistake. */

const QUALIFIED_PART = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED_PART})?`;
const DNS_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const DNS_SUBDOMAIN = `${DNS_LABEL}(\\.${DNS_LABEL})*`;

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`);

const QUALIFIED_PART_PATTERN = whole(QUALIFIED_PART);
const LABEL_VALUE_PATTERN = whole(LABEL_VALUE);
const DNS_LABEL_PATTERN = whole(DNS_LABEL);
const DNS_SUBDOMAIN_PATTERN = whole(DNS_SUBDOMAIN);

const LABEL_LENGTH_MAX = 63;
const SUBDOMAIN_LENGTH_MAX = 253;

export const regexText = (message: string, pattern: string, ...examples: readonly string[]): string =>
  `${message} (${examples.length === 0 ? '' : 'e.g. '}${examples
    .map((example, index) => `${index === 0 ? '' : ' or '}'${example}', `)
    .join('')}regex used for validation is '${pattern}')`;

export const tooLongText = (maximum: number): string => `must be no more than ${maximum} characters`;

/** Length in bytes of UTF-8, counted without a platform encoder. */
export const byteLength = (text: string): number => {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
  }
  return bytes;
};

const QUALIFIED_PART_TEXT = regexText(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  QUALIFIED_PART,
  'MyName',
  'my.name',
  '123-abc',
);

const DNS_SUBDOMAIN_TEXT = regexText(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  DNS_SUBDOMAIN,
  'example.com',
);

const DNS_LABEL_TEXT = regexText(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  DNS_LABEL,
  'my-name',
  '123-abc',
);

const LABEL_VALUE_TEXT = regexText(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  LABEL_VALUE,
  'MyValue',
  'my_value',
  '12345',
);

/** Mistakes of a DNS-1123 subdomain such as an object name; empty when it is valid. */
export const dnsSubdomainMistakes = (value: string): readonly string[] => [
  ...(byteLength(value) > SUBDOMAIN_LENGTH_MAX ? [tooLongText(SUBDOMAIN_LENGTH_MAX)] : []),
  ...(DNS_SUBDOMAIN_PATTERN.test(value) ? [] : [DNS_SUBDOMAIN_TEXT]),
];

/** Mistakes of a DNS-1123 label such as a container or namespace name. */
export const dnsLabelMistakes = (value: string): readonly string[] => [
  ...(byteLength(value) > LABEL_LENGTH_MAX ? [tooLongText(LABEL_LENGTH_MAX)] : []),
  ...(DNS_LABEL_PATTERN.test(value)
    ? []
    : [DNS_SUBDOMAIN_PATTERN.test(value) ? 'must not contain dots' : DNS_LABEL_TEXT]),
];

/** Mistakes of a qualified name (`name` or `prefix.example.com/name`), the syntax of label keys. */
export const qualifiedNameMistakes = (value: string): readonly string[] => {
  const parts = value.split('/');
  if (parts.length > 2) {
    return [
      `a qualified name ${QUALIFIED_PART_TEXT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  return [
    ...(prefix === '' ? ['prefix part must be non-empty'] : []),
    ...(prefix === undefined || prefix === '' ? [] : dnsSubdomainMistakes(prefix).map((text) => `prefix part ${text}`)),
    ...(name === '' ? ['name part must be non-empty'] : []),
    ...(byteLength(name) > LABEL_LENGTH_MAX ? [`name part ${tooLongText(LABEL_LENGTH_MAX)}`] : []),
    ...(QUALIFIED_PART_PATTERN.test(name) ? [] : [`name part ${QUALIFIED_PART_TEXT}`]),
  ];
};

export const labelValueMistakes = (value: string): readonly string[] => [
  ...(byteLength(value) > LABEL_LENGTH_MAX ? [tooLongText(LABEL_LENGTH_MAX)] : []),
  ...(LABEL_VALUE_PATTERN.test(value) ? [] : [LABEL_VALUE_TEXT]),
];
