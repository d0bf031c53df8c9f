/** `ENOENT` and the like. By shape, as Node's own errors may come from another realm than `Error`. */
export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
