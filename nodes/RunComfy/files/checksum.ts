import { createHash, type Hash } from 'crypto';

/** A digest that a server announced for the bytes of a file. */
interface Announced {
	algorithm: 'md5' | 'sha256' | 'sha512';
	base64: string;
}

/** Where servers announce digests: the standard headers, and those of Google's and Amazon's stores. */
const PATTERNS: Array<{ header: string; pattern: RegExp; algorithm: Announced['algorithm'] }> = [
	{ header: 'repr-digest', pattern: /\bsha-256=:([^:]+):/i, algorithm: 'sha256' },
	{ header: 'repr-digest', pattern: /\bsha-512=:([^:]+):/i, algorithm: 'sha512' },
	{ header: 'digest', pattern: /\bsha-256=([^\s,]+)/i, algorithm: 'sha256' },
	{ header: 'digest', pattern: /\bsha-512=([^\s,]+)/i, algorithm: 'sha512' },
	{ header: 'x-amz-checksum-sha256', pattern: /^(\S+)$/, algorithm: 'sha256' },
	{ header: 'content-md5', pattern: /^(\S+)$/, algorithm: 'md5' },
	{ header: 'x-goog-hash', pattern: /\bmd5=([^\s,]+)/i, algorithm: 'md5' },
];

/** Compares a file with the digest that its server announced, if there is one. */
export class Checksum {
	private readonly announced?: Announced;

	private readonly hash?: Hash;

	/** @param headers names in lower case */
	constructor(headers: Record<string, string | undefined>) {
		for (const { header, pattern, algorithm } of PATTERNS) {
			const base64 = pattern.exec(headers[header] ?? '')?.[1];
			if (base64 === undefined) continue;
			this.announced = { algorithm, base64 };
			this.hash = createHash(algorithm);
			return;
		}
	}

	add(chunk: Buffer): void {
		this.hash?.update(chunk);
	}

	/** Whether all bytes together are what was announced. To be asked once. */
	isRight(): boolean {
		return this.announced === undefined || this.hash?.digest('base64') === this.announced.base64;
	}
}
