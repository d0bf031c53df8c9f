/** The code of an error of Node's (`ENOENT`), or null. Works on errors of any realm, unlike `instanceof`. */
export function errorCode(error: unknown): string | null {
  const known = typeof error === 'object' && error !== null && 'code' in error;
  return known && typeof error.code === 'string' ? error.code : null;
}
