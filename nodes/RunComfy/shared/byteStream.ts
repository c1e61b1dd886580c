/** A readable stream, as far as this node uses it: n8n forbids the import of node:stream. */
export interface ByteStream extends AsyncIterable<Buffer> {
	destroy(error?: Error): void;
	on(event: 'error', listener: (error: Error) => void): void;
}

/** Reads so many bytes at least, or to the end. What was read beyond them is kept, and the stream stays open. */
export async function readStart(chunks: AsyncIterator<Uint8Array>, bytes: number): Promise<Buffer> {
	const read: Uint8Array[] = [];
	for (let length = 0; length < bytes;) {
		const { value, done } = await chunks.next();
		if (done) break;
		read.push(value);
		length += value.length;
	}
	return Buffer.concat(read);
}
