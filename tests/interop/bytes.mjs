// Bytes travel as lower-case hexadecimal. A field that is missing or malformed is the caller's mistake and throws, so
// that it never looks like a signature that does not verify.

/** The bytes of one field of a request. */
export function bytesOf(request, field) {
  const value = request[field];
  if (typeof value !== 'string' || !/^([0-9a-f]{2})*$/.test(value))
    throw new TypeError(`"${field}" is not lower-case hexadecimal`);
  return Uint8Array.from(Buffer.from(value, 'hex'));
}

/** The bytes of a field that may be left out. */
export const optionalBytesOf = (request, field) =>
  request[field] === undefined || request[field] === null ? undefined : bytesOf(request, field);

/** What every verification takes; `signed` is what the scheme calls the thing that was signed. */
export const signedOf = (request, signed) => ['signature', signed, 'publicKey'].map(field => bytesOf(request, field));

export const hexOf = bytes => Buffer.from(bytes).toString('hex');

/** A verifier refuses by answering false or by throwing; both are a refusal. */
export function accepts(verify) {
  try {
    return verify() === true;
  } catch {
    return false;
  }
}
