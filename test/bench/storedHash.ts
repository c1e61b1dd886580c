import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type { IBinaryData } from 'n8n-workflow';
import { createHash } from 'node:crypto';

/** The SHA-256 of a file in n8n's binary storage, in hexadecimal digits. */
export async function storedHash(binary: IBinaryData): Promise<string> {
	const hash = createHash('sha256');
	if (binary.id === undefined) return hash.update(Buffer.from(binary.data, 'base64')).digest('hex');
	for await (const chunk of await Container.get(BinaryDataService).getAsStream(binary.id))
		hash.update(chunk as Buffer);
	return hash.digest('hex');
}
