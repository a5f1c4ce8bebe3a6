/**
 * One name as one token of a subject: letters, digits, `-` and `_` stand for themselves, every other byte of its UTF-8 form becomes `=` and two hex digits
 * (`ip-10-0-0-1.ec2` → `ip-10-0-0-1=2Eec2`), and the empty name is a single `=`. NATS takes the result as a token, a consumer name and a KV key.
 * Throws a RangeError for text that is not well-formed Unicode.
 */
export const encodeToken = (name: string): string => {
  if (name === '') return '=';
  if (!name.isWellFormed()) throw new RangeError('name: a lone surrogate cannot be part of a subject');
  return encodeURIComponent(name)
    .replaceAll('%', '=')
    .replaceAll(/[.!~*'()]/g, hexOf);
};

/** The name behind a token. Throws a RangeError for a token that `encodeToken` does not produce, so no two tokens mean one name. */
export const decodeToken = (token: string): string => {
  const name = token === '=' ? '' : decodeUri(token);
  if (name === undefined || encodeToken(name) !== token)
    throw new RangeError(`token: ${JSON.stringify(token)} is not an encoded name`);
  return name;
};

const hexOf = (character: string): string => `=${character.charCodeAt(0).toString(16).toUpperCase()}`;

const decodeUri = (token: string): string | undefined => {
  try {
    return decodeURIComponent(token.replaceAll('%', '%25').replaceAll('=', '%'));
  } catch {
    return undefined;
  }
};
