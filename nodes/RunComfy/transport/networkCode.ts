/** Programming errors, of this node or of n8n. Some network errors have these classes too, and then they have a code. */
const PROGRAMMING_FAULT = /^(Type|Range|Reference|Syntax|Eval|URI|Aggregate)Error$/;
/** Codes that Node gives to programming errors. */
const PROGRAMMING_CODE = /^ERR_(INVALID_ARG|OUT_OF_RANGE|MISSING_ARGS|METHOD_NOT_IMPLEMENTED|ASSERTION|INTERNAL)/;
const NETWORK_CODE =
	/^(E[A-Z]{2,}[A-Z0-9_]*|ERR_[A-Z0-9_]+|HPE_[A-Z_]+|UND_ERR_[A-Z_]+|Z_[A-Z_]+|[A-Z][A-Z0-9]*(_[A-Z0-9]+)+)$/;
/** Errors of n8n's SSRF protection are recognized by their class. */
const NETWORK_NAME = /ssrf|AbortError|CanceledError|TimeoutError/i;

/**
 * The code of a network error, such as `ECONNRESET`. n8n wraps such errors: the code is the wrapper's `httpCode`, or it
 * is on the cause.
 *
 * @returns undefined for a programming error, which says nothing about the network
 */
export function networkCodeOf(error: unknown): string | undefined {
	for (const { code, name } of chainOf(error)) {
		if (PROGRAMMING_CODE.test(code)) return undefined;
		if (NETWORK_CODE.test(code)) return code;
		if (NETWORK_NAME.test(name)) return code || name;
		if (PROGRAMMING_FAULT.test(name)) return undefined;
	}
	return undefined;
}

/** The innermost cause of an error that n8n has wrapped. */
export function rootCause(error: unknown): unknown {
	let current = error;
	for (let depth = 0; depth < 5; depth++) {
		const { cause } = (current ?? {}) as { cause?: unknown };
		if (!(cause instanceof Error)) break;
		current = cause;
	}
	// The wrapper of n8n 1.x keeps only the message.
	return current instanceof Error && 'level' in current ? new Error(current.message) : current;
}

/** The error and its causes, outermost first. */
function* chainOf(error: unknown): Generator<{ code: string; name: string }> {
	let current = error;
	for (let depth = 0; depth < 5 && typeof current === 'object' && current !== null; depth++) {
		const { httpCode, code, name, cause, constructor } = current as Record<string, unknown> & {
			constructor?: { name?: string };
		};
		const known = [httpCode, code].find((value) => typeof value === 'string' && value !== '');
		yield {
			code: typeof known === 'string' ? known : '',
			name: `${typeof name === 'string' ? name : ''}` || (constructor?.name ?? ''),
		};
		current = cause;
	}
}
