/** A readable stream, as far as this node uses it: n8n forbids the import of node:stream. */
export interface ByteStream extends AsyncIterable<Buffer> {
	destroy(error?: Error): void;
	on(event: 'error', listener: (error: Error) => void): void;
}
