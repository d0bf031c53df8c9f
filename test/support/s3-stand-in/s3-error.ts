/** An answer of S3 that says no, with the status and code that the real one gives. */
export class S3Error extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

export function xmlText(text: string): string {
  return text.replaceAll(/[&<>"]/g, (char) => ENTITIES[char] ?? char);
}

/** `element('Key', 'a')`, or with several children as one string. */
export function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

export function document(root: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</${root}>`;
}

export function errorDocument({ code, message }: S3Error, resource: string): string {
  const parts = [
    element('Code', code),
    element('Message', xmlText(message)),
    element('Resource', xmlText(resource)),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${parts.join('')}<RequestId>STANDIN</RequestId></Error>`;
}
