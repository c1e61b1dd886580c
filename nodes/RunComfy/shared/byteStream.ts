/** A readable stream, as far as this node uses it: n8n doesn't allow nodes to import node:stream. */
export interface ByteStream extends AsyncIterable<Buffer> {
	destroy(error?: Error): void;
	on(event: 'error', listener: (error: Error) => void): void;
}

/** Reads at least this many bytes, or to the end. Any excess is returned too, and the stream stays open. */
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
