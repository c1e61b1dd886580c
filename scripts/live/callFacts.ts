import { objectOf, type Exchange } from './client';
import type { Findings } from './findings';

/** What all calls of a check say together. */
export function checkCalls(exchanges: readonly Exchange[], findings: Findings): void {
	const answered = exchanges.filter(({ status }) => status > 0);
	const api = answered.filter(({ path }) => path.startsWith('/'));
	const list = (calls: Exchange[]) =>
		calls.length === 0
			? `${api.length} calls`
			: calls.map(({ method, path, status }) => `${method} ${path}: ${status}`).join('; ');
	const checkNone = (id: string, isOdd: (call: Exchange) => boolean) => {
		const odd = api.filter(isOdd);
		findings.check(id, odd.length === 0, list(odd.slice(0, 3)));
	};
	if (api.length === 0) return;
	checkNone('no-redirects', ({ status }) => status >= 300 && status < 400);
	checkNone('proxies', ({ json }) => json === undefined);
	checkNone('outages', ({ status }) => status >= 500);
	// The calls asked for no encoding.
	checkNone('compression', ({ headers }) => !['', 'identity'].includes(headers['content-encoding'] ?? ''));
	checkNone('byte-order-mark', ({ hasByteOrderMark }) => hasByteOrderMark);
	const limited = answered.filter(({ status }) => status === 429);
	if (limited.length > 0) {
		const after = limited.map(({ headers }) => headers['retry-after'] ?? 'none').join(', ');
		findings.check(
			'rate-limit',
			limited.every((call) => objectOf(call).request_id === undefined),
			`Retry-After: ${after}`,
		);
	}
	checkWords(answered, findings);
}

/** The words that requests had while they ran and when they were finished. */
function checkWords(exchanges: readonly Exchange[], findings: Findings): void {
	const words = exchanges
		.filter(({ path, status }) => path.endsWith('/status') && status === 200)
		.map((call) => String(objectOf(call).status));
	if (words.length === 0) return;
	const unknown = [...new Set(words)].filter(
		(word) => !['in_queue', 'in_progress', 'completed', 'cancelled', 'succeeded', 'canceled'].includes(word),
	);
	findings.check('other-words', unknown.length === 0, unknown.length === 0 ? 'none' : unknown.join(', '));
	if (words.includes('in_progress') || unknown.length > 0)
		findings.check('running-words', unknown.length === 0, [...new Set(words)].join(', '));
}
