import { concatenate, latin1Bytes, uint32 } from './byte-order.ts';

/** Names and values that SPDY/3 expects in headers, each with its length in front of it. */
const WORDS = [
  ...'options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow authorization'.split(' '),
  ...'cache-control connection content-base content-encoding content-language content-length content-location content-md5'.split(' '),
  ...'content-range content-type date etag expect expires from host if-match if-modified-since if-none-match if-range'.split(' '),
  ...'if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer'.split(' '),
  ...'retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status'.split(' '),
  '200 OK',
  ...'version HTTP/1.1 url public set-cookie keep-alive origin'.split(' '),
];

const TAIL = [
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505',
  '203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found',
  '500 Internal Server Error501 Not Implemented503 Service Unavailable',
  'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT',
  'chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,',
  'publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.',
].join('');

/** What the compression of SPDY/3 headers starts with; its Adler-32 is e3c6a7c2. */
export const HEADER_DICTIONARY: Uint8Array = concatenate(
  ...WORDS.flatMap((word) => [uint32(word.length), latin1Bytes(word)]),
  latin1Bytes(TAIL),
);
