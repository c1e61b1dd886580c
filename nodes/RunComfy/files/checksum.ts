import { createHash, type Hash } from 'crypto';

type Headers = Record<string, string | undefined>;

/** The digest that a server announced for a file. */
interface ExpectedDigest {
	algorithm: 'md5' | 'sha256' | 'sha512';
	base64: string;
}

/**
 * Digests in Base64, by their exact length. Anything else is another kind of digest, such as one over a file's parts
 * (`…-3`).
 */
const BASE64 = { md5: '[A-Za-z0-9+/]{22}==', sha256: '[A-Za-z0-9+/]{43}=', sha512: '[A-Za-z0-9+/]{86}==' };

/** Where servers announce digests: the standard headers, and those of Google's and Amazon's stores. */
const DIGEST_HEADERS: Array<{
	header: string;
	pattern: RegExp;
	algorithm: ExpectedDigest['algorithm'];
	coversOtherBytes?: (headers: Headers) => boolean;
}> = [
	{
		header: 'repr-digest',
		pattern: new RegExp(`(?:^|[,\\s])sha-256=:(${BASE64.sha256}):`, 'i'),
		algorithm: 'sha256',
	},
	{
		header: 'repr-digest',
		pattern: new RegExp(`(?:^|[,\\s])sha-512=:(${BASE64.sha512}):`, 'i'),
		algorithm: 'sha512',
	},
	{
		header: 'digest',
		pattern: new RegExp(`(?:^|[,\\s])sha-256=(${BASE64.sha256})(?:[,\\s]|$)`, 'i'),
		algorithm: 'sha256',
	},
	{
		header: 'digest',
		pattern: new RegExp(`(?:^|[,\\s])sha-512=(${BASE64.sha512})(?:[,\\s]|$)`, 'i'),
		algorithm: 'sha512',
	},
	{
		header: 'x-amz-checksum-sha256',
		pattern: new RegExp(`^(${BASE64.sha256})$`),
		algorithm: 'sha256',
		coversOtherBytes: (headers) => /composite/i.test(headers['x-amz-checksum-type'] ?? ''),
	},
	{ header: 'content-md5', pattern: new RegExp(`^(${BASE64.md5})$`), algorithm: 'md5' },
	{
		header: 'x-goog-hash',
		pattern: new RegExp(`(?:^|[,\\s])md5=(${BASE64.md5})(?:[,\\s]|$)`, 'i'),
		algorithm: 'md5',
		coversOtherBytes: (headers) => !/^(identity)?$/i.test(headers['x-goog-stored-content-encoding'] ?? ''),
	},
];

/** Compares a file with the digest that its server announced, if there is one that certainly covers these bytes. */
export class Checksum {
	private readonly expected?: ExpectedDigest;

	private readonly hash?: Hash;

	/** @param headers of a response with the whole file; names in lower case */
	constructor(headers: Headers) {
		if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity') return;
		for (const { header, pattern, algorithm, coversOtherBytes } of DIGEST_HEADERS) {
			const base64 = pattern.exec(headers[header]?.trim() ?? '')?.[1];
			if (base64 === undefined || coversOtherBytes?.(headers) === true) continue;
			this.expected = { algorithm, base64 };
			this.hash = createHash(algorithm);
			return;
		}
	}

	update(chunk: Buffer): void {
		this.hash?.update(chunk);
	}

	/** Whether all bytes match the announced digest; true when there is none. Call it once, at the end. */
	matches(): boolean {
		return this.expected === undefined || this.hash?.digest('base64') === this.expected.base64;
	}
}
