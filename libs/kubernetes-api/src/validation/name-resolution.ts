import { hasField, listAt, objectAt, stringAt } from '../json/json-value.ts';
import { dnsSubdomainMistakes } from '../selectors/label-names.ts';
import { invalid, required } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';

const NAMESERVERS_MAX = 3;
const SEARCHES_MAX = 32;
const SEARCHES_LENGTH_MAX = 2_048;
const BYTE = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
/** Older objects may write a byte with leading zeros, which these fields still take. */
const IPV4 = new RegExp(`^0*${BYTE}(\\.0*${BYTE}){3}$`);
const GROUP = /^[0-9a-f]{1,4}$/i;

const isIpv6 = (text: string): boolean => {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0 || text.includes(':::')) return false;
  const groups = [head, tail ?? ''].flatMap((part) => (part === '' ? [] : part.split(':')));
  const last = groups.at(-1);
  const embedded = last !== undefined && IPV4.test(last);
  const count = groups.length + (embedded ? 1 : 0);
  const areGroups = groups.every((group, index) => GROUP.test(group) || (embedded && index === groups.length - 1));
  return areGroups && (tail === undefined ? count === 8 : count < 8);
};

export const addressMistakes = (value: string): readonly string[] =>
  IPV4.test(value) || isIpv6(value) ? [] : ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];

export const CIDR_TEXT = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

const MAPPED = /^::ffff:\d/i;

/** The address family of a range such as `10.9.8.0/24`; undefined when it is none. Bytes with leading zeros and host bits are taken. */
export const addressFamilyOfRange = (range: string): 'IPv4' | 'IPv6' | undefined => {
  const [address = '', bits = '', ...more] = range.split('/');
  if (more.length > 0 || !/^\d{1,3}$/.test(bits)) return undefined;
  if (IPV4.test(address)) return Number(bits) <= 32 ? 'IPv4' : undefined;
  if (!isIpv6(address) || Number(bits) > 128) return undefined;
  return MAPPED.test(address) ? 'IPv4' : 'IPv6';
};

const addressErrors = (value: unknown, path: string): FieldError[] => {
  const text = typeof value === 'string' ? value : '';
  return addressMistakes(text).map((mistake) => invalid(path, text, mistake));
};

/** A search domain may have underscores, and is `.` where nothing is to be appended. */
const searchErrors = (value: unknown, path: string): FieldError[] => {
  const text = typeof value === 'string' ? value : '';
  if (text === '.') return [];
  const domain = text.endsWith('.') ? text.slice(0, -1) : text;
  const isValid = /^[a-z0-9_]([-_a-z0-9]*[a-z0-9])?(\.[a-z0-9_]([-_a-z0-9]*[a-z0-9])?)*$/.test(domain);
  return isValid ? [] : [invalid(path, domain, SEARCH_TEXT)];
};

const SEARCH_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** `dnsConfig` of a pod spec; policy `None` cannot do without one. */
export const validateDnsConfig = (spec: unknown, path: string): FieldError[] => {
  const here = `${path}.dnsConfig`;
  const config = objectAt(spec, 'dnsConfig');
  const nameservers = listAt(config, 'nameservers');
  const searches = listAt(config, 'searches');
  if (stringAt(spec, 'dnsPolicy') === 'None') {
    if (!hasField(spec, 'dnsConfig')) return [required(here, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    const text = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
    if (nameservers.length === 0) return [required(`${here}.nameservers`, text)];
  }
  const errors: FieldError[] = [];
  if (nameservers.length > NAMESERVERS_MAX) {
    errors.push(invalid(`${here}.nameservers`, nameservers, `must not have more than ${NAMESERVERS_MAX} nameservers`));
  }
  errors.push(...nameservers.flatMap((value, index) => addressErrors(value, `${here}.nameservers[${index}]`)));
  if (searches.length > SEARCHES_MAX) {
    errors.push(invalid(`${here}.searches`, searches, `must not have more than ${SEARCHES_MAX} search paths`));
  }
  if (searches.join(' ').length > SEARCHES_LENGTH_MAX) {
    const text = `must not have more than ${SEARCHES_LENGTH_MAX} characters (including spaces) in the search list`;
    errors.push(invalid(`${here}.searches`, searches, text));
  }
  errors.push(...searches.flatMap((value, index) => searchErrors(value, `${here}.searches[${index}]`)));
  for (const [index, option] of listAt(config, 'options').entries()) {
    if (stringAt(option, 'name') === '') errors.push(required(`${here}.options[${index}]`, 'must not be empty'));
  }
  return errors;
};

/** Lines of a pod's hosts file. */
export const validateHostAliases = (spec: unknown, path: string): FieldError[] =>
  listAt(spec, 'hostAliases').flatMap((alias, index) => {
    const here = `${path}.hostAliases[${index}]`;
    return [
      ...addressErrors(stringAt(alias, 'ip'), `${here}.ip`),
      ...listAt(alias, 'hostnames').flatMap((hostname, position) => {
        const name = typeof hostname === 'string' ? hostname : '';
        return dnsSubdomainMistakes(name).map((text) => invalid(`${here}.hostnames[${position}]`, name, text));
      }),
    ];
  });
